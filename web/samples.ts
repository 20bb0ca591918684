/**
 * The sample photos that the page offers; where they come from is in `samples/CREDITS.md`.
 *
 * @module
 */

/** A photo that comes with the page. */
export interface Sample {
  /** In `samples/`. */
  readonly file: string;
  /** What it shows, for who cannot see it. */
  readonly alt: string;
  /** Who made it, and what allows its use. */
  readonly credit: string;
}

/** All of them, in the order that they are shown in. */
export const samples: readonly Sample[] = [
  {
    file: "grace_hopper.jpg",
    alt: "Grace Hopper in uniform",
    credit: "Grace Hopper: James S. Davis, US Navy, public domain",
  },
  {
    file: "eileen_collins.jpg",
    alt: "Eileen Collins in a spacesuit",
    credit: "Eileen Collins: NASA, public domain",
  },
  {
    file: "chelsea_cat.jpg",
    alt: "Chelsea the cat",
    credit: "Chelsea: Stéfan van der Walt, CC0",
  },
  {
    file: "coffee_cup.jpg",
    alt: "A cup of espresso on a table",
    credit: "Coffee: Rachel Michetti, CC0",
  },
  {
    file: "rocket.jpg",
    alt: "A rocket on its launch pad",
    credit: "Rocket: SpaceX, public domain",
  },
];
