/**
 * What is told of the third paradigm.
 *
 * @module
 */
import type { ParadigmCard } from "../../models/paradigm_card.ts";
import type { HumanJudgement, HumanSettings } from "./human.ts";
import { digits } from "./scores.ts";
import type { TrainingData } from "./training_data.ts";

const COMMAND = "deno task train human";

/** The card. */
export function describeHuman(
  judged: HumanJudgement,
  { world, name }: TrainingData,
  { network, exceptions }: HumanSettings,
): ParadigmCard {
  const figure = (name: string, value: number) => ({ name, value: digits(value), from: COMMAND });
  return {
    id: "human",
    title: "Generalize with machines, memorize with humans",
    what:
      "The table that people teach, in front of a network that is left alone. An exception answers only where a photo is as like it as a threshold asks, and liker than everything typical: whatever was not taught is answered as if nothing had been. In the service the table is the memory of a space and the network is the backbone with its hierarchy.",
    trained: {
      data: `${world.train.labels.length} photos of ${world.classes.length} classes: ${name}`,
      photos: world.photos,
      seed: network.seed,
      exceptions: `${judged.taught} photos, ${exceptions * 100} %, taught with another label`,
      network: `that of "sequential" before it memorizes, trained without the exceptions`,
      threshold: digits(judged.threshold),
    },
    figures: [
      figure("exceptions answered as taught", judged.exact),
      figure(`right of ${world.test.labels.length} photos not trained on`, judged.test),
      figure("the same, network alone", judged.network),
      figure("new photos answered as if nothing had been taught", judged.locality),
    ],
    limits: [
      "It remembers what somebody taught, and only then.",
      "The figures are of the rule on classes and exceptions like those of the other paradigms; how well the service recalls people and things is in the reports on recall, people and likeness.",
    ],
    paper: {
      authors: "Chong Sun and others",
      title: "Chimera: Large-Scale Classification using Machine Learning, Rules, and Crowdsourcing",
      year: 2014,
      link: "https://www.vldb.org/pvldb/vol7/p1529-sun.pdf",
    },
    curves: [],
  };
}
