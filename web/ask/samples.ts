/**
 * The sample photos that the page offers; where they come from is in `samples/CREDITS.md`.
 *
 * @module
 */

import type { Language } from "../language.ts";

/** A photo that comes with the page. */
export interface Sample {
  /** In `samples/`. */
  readonly file: string;
  /** What it shows, for who cannot see it. */
  readonly alt: Readonly<Record<Language, string>>;
  /** Who made it, and what allows its use. */
  readonly credit: string;
}

/** All of them, in the order that they are shown in. */
export const samples: readonly Sample[] = [
  {
    file: "grace_hopper.jpg",
    alt: { en: "Grace Hopper in uniform", de: "Grace Hopper in Uniform" },
    credit: "Grace Hopper: James S. Davis, US Navy, public domain",
  },
  {
    file: "eileen_collins.jpg",
    alt: { en: "Eileen Collins in a spacesuit", de: "Eileen Collins im Raumanzug" },
    credit: "Eileen Collins: NASA, public domain",
  },
  {
    file: "chelsea_cat.jpg",
    alt: { en: "Chelsea the cat", de: "Chelsea, eine Katze" },
    credit: "Chelsea: Stéfan van der Walt, CC0",
  },
  {
    file: "german_shepherd.jpg",
    alt: { en: "A German shepherd", de: "Ein Deutscher Schäferhund" },
    credit: "German shepherd: Hans Kemperman, public domain",
  },
  {
    file: "coffee_cup.jpg",
    alt: { en: "A cup of espresso on a table", de: "Eine Tasse Espresso auf einem Tisch" },
    credit: "Coffee: Rachel Michetti, CC0",
  },
  {
    file: "rocket.jpg",
    alt: { en: "A rocket on its launch pad", de: "Eine Rakete auf der Startrampe" },
    credit: "Rocket: SpaceX, public domain",
  },
];
