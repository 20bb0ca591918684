/**
 * How well individuals and taught types are known by their look: on individuals, breeds and
 * strangers that no threshold was chosen on.
 *
 * @module
 */
import { sigmoid } from "../../functions/core/log_odds.ts";
import { createLookJudge, type LookJudge } from "../../functions/core/look_judge.ts";
import { bestStanding } from "../../functions/core/posterior.ts";
import type { Hierarchy } from "../../models/hierarchy.ts";
import type { LookSection } from "../../models/look.ts";
import type { NetworkCalibration } from "../../models/network.ts";
import { centroidsOf, fitLook, type LookFit } from "../recipes/look.ts";
import { bootstrap, type Measured } from "./bootstrap.ts";
import { errorByChance } from "./error_by_chance.ts";
import { type Share, shareOf } from "./interval.ts";
import { foldOf, FOLDS } from "./labelled_photos.ts";
import type { LookPhoto } from "./look_photos.ts";
import { auroc, calibrationError, type Scored } from "./measures.ts";
import { createRandom, draw } from "./random.ts";
import { digestOf } from "./seen_photos.ts";

/** Seed of the draws of what is taught. */
const SEED = 20261125;
/** Sets of three references that are drawn for each individual, of each type. */
const LESSONS = 8;
/** False-recall rates that recall is told at. */
const RATES = [1e-2, 1e-3, 1e-4] as const;
/** Photos of a type that are taught. */
const TYPE_LESSONS = [1, 3, 5] as const;
/** A breed is taught as a type when it has this many photos. */
const FEWEST_OF_TYPE = 5;
/** Clean photos of a breed that a bank of references needs, besides the one that is asked about. */
const BANK = 6;

/** How individuals are known by so many references. */
export interface IndividualRow {
  readonly references: number;
  /** Other photos of the individual, recalled at all and as `is`. */
  readonly recalled: Share;
  readonly sure: Share;
  /** Strangers that were recalled, over strangers and lessons, and as `is`. */
  readonly strangers: Share;
  readonly strangersSure: Share;
  /** Recall at each of the rates, with the threshold of all other individuals of the kind. */
  readonly atRates: readonly { readonly rate: number; readonly recall: Measured }[];
}

/** How a new breed is known once so many photos of it were taught. */
export interface TypeRow {
  readonly taught: number;
  /** Mean over the breeds of the share of their other photos that are answered with it. */
  readonly own: Measured;
  /** The same of photos of other breeds, known and new ones counting alike. */
  readonly others: Measured;
  /** Only those of its kind. */
  readonly othersOfKind: Measured;
}

/** The figures of this evaluation. */
export interface LikenessReport {
  readonly crossFitted: boolean;
  readonly individuals: number;
  readonly strangers: number;
  readonly rows: readonly IndividualRow[];
  /** Different animals of one breed taken for the same, as `is` and at all. */
  readonly sameBreed: { readonly is: Share; readonly any: Share };
  /** Confidence of the nearest of all individuals, where it is recalled. */
  readonly confidence: {
    readonly scored: readonly Scored[];
    readonly error: Measured;
    /** What the error would be if every confidence were exact. */
    readonly byChance: number;
  };
  readonly types: readonly TypeRow[];
  readonly breedsTaught: number;
  /** Telling new breeds from known ones when all other clean photos of each known one are taught. */
  readonly bank: { readonly breeds: number; readonly photos: number; readonly auroc: Measured };
}

/** What is judged. */
export interface LikenessParts {
  readonly hierarchy: Hierarchy;
  readonly network: NetworkCalibration;
  readonly committed: LookSection;
  readonly cohort: Float32Array;
}

/** Photos that likeness is judged on. */
export interface LikenessPhotos {
  /** Those that `fitLook` is given. */
  readonly strangers: readonly LookPhoto[];
  readonly individuals: readonly LookPhoto[];
  /** Strangers that nothing was fitted on. */
  readonly others: readonly LookPhoto[];
}

/** Judges, and what of the photos each may judge. */
interface Judge extends LookJudge {
  readonly section: LookSection;
  /** Nothing was fitted on its individual, breed or class. */
  readonly mayJudge: (photo: LookPhoto) => boolean;
  /**
   * It is not in a centroid of the cohort: a photo of a known breed must not meet itself there. Of a
   * new breed it may have been asked about while others were fitted.
   */
  readonly mayAsk: (photo: LookPhoto) => boolean;
}

/** Runs the evaluation; cross-fitted as that of generalization is. */
export async function evaluateLikeness(
  parts: LikenessParts,
  photos: LikenessPhotos,
  progress: (line: string) => void = () => {},
): Promise<LikenessReport> {
  const { strangers, individuals, others } = photos;
  const digest = await digestOf([...strangers, ...individuals]);
  const crossFitted = digest === parts.committed.made.photos;
  const judges = crossFitted ? await crossFit(parts, photos, progress) : [{
    ...createLookJudge(parts.committed, parts.cohort),
    section: parts.committed,
    mayJudge: () => true,
    mayAsk: () => true,
  }];
  const animals = strangers.filter(({ breed }) => breed);
  const judged = { is: 0, any: 0, of: 0 };
  for (const judge of judges) {
    const of = animals.filter((photo) => judge.mayJudge(photo) && judge.mayAsk(photo));
    const around = new Map(of.map(({ look }) => [look, judge.surroundings(look)]));
    for (const taught of of) {
      const reference = judge.reference([memoryOf(taught)]);
      for (const asked of of) {
        if (asked === taught || asked.group !== taught.group) continue;
        const { certainty } = judge.individual(
          reference,
          judge.likeness(reference, asked.look),
          around.get(asked.look)!,
        );
        judged.of++;
        if (certainty !== "unknown") judged.any++;
        if (certainty === "is") judged.is++;
      }
    }
  }
  progress("individuals");
  const scored = judges.flatMap((judge) => confidences(judge, individuals, others));
  const rows = [1, 3].map((references) => individualRow(judges, individuals, others, references));
  progress("types");
  const types = typesOf(strangers).filter(([{ breed }]) => breed!.leaf === null);
  return {
    crossFitted,
    individuals: new Set(individuals.map(({ group }) => group)).size,
    strangers: others.length,
    rows,
    sameBreed: { is: shareOf(judged.is, judged.of), any: shareOf(judged.any, judged.of) },
    confidence: {
      scored,
      error: bootstrap(scored, (sample) => calibrationError(sample)),
      byChance: errorByChance(scored, (sample) => calibrationError(sample)),
    },
    types: TYPE_LESSONS.map((taught) => typeRow(parts, judges, types, animals, taught)),
    breedsTaught: types.length,
    bank: bankOf(parts, judges, animals),
  };
}

/** Judges fitted without a fold each. */
async function crossFit(
  { hierarchy, network, committed }: LikenessParts,
  { strangers, individuals }: LikenessPhotos,
  progress: (line: string) => void,
): Promise<Judge[]> {
  const folds = new Map<string, number>();
  for (const { group } of [...strangers, ...individuals]) folds.set(group, await foldOf(group));
  // Every other photo of a known class is in the cohort, the rest may be asked about.
  const counts = new Map<string, number>();
  const asked = new Set(strangers.filter(({ group }) => {
    counts.set(group, (counts.get(group) ?? 0) + 1);
    return counts.get(group)! % 2 === 0;
  }));
  return Array.from({ length: FOLDS }, (_, fold) => {
    progress(`fold ${fold + 1} of ${FOLDS}`);
    const apart = ({ group }: LookPhoto) => folds.get(group) === fold;
    const fit: LookFit = fitLook(
      {
        strangers: strangers.filter((photo) => !apart(photo)),
        individuals: individuals.filter((photo) => !apart(photo)),
      },
      hierarchy,
      network,
    );
    const left = strangers.filter((photo) => photo.known && apart(photo) && !asked.has(photo));
    const rows = [...fit.cohort.values(), ...centroidsOf(left).values()];
    const section = {
      ...committed,
      cohort: { ...committed.cohort, least: fit.least },
      individuals: fit.individuals,
      types: fit.types,
    };
    const cohort = Float32Array.from(rows.flatMap((row) => [...row]));
    return {
      ...createLookJudge(section, cohort),
      section,
      mayJudge: apart,
      mayAsk: (photo) => !photo.known || (apart(photo) && asked.has(photo)),
    };
  });
}

/** A photo as a memory of itself. */
function memoryOf({ sha256, taughtLook, animal }: LookPhoto) {
  return { id: sha256, embedding: taughtLook, path: animal ? ["animal"] : [] };
}

/** Photos by group. */
function byGroup(photos: readonly LookPhoto[]): LookPhoto[][] {
  return [...Map.groupBy(photos, ({ group }) => group).values()];
}

function individualRow(
  judges: readonly Judge[],
  individuals: readonly LookPhoto[],
  strangers: readonly LookPhoto[],
  references: number,
): IndividualRow {
  const random = createRandom(SEED);
  const tally = { own: 0, recalled: 0, sure: 0, asked: 0, strangers: 0, strangersSure: 0 };
  const subjects: { animal: boolean; own: number[]; false: number[] }[] = [];
  for (const judge of judges) {
    const crowds = new Map(
      [...individuals, ...strangers].map(({ look }) => [look, judge.surroundings(look)]),
    );
    for (const photos of byGroup(individuals.filter(judge.mayJudge))) {
      const subject = { animal: photos[0]!.animal, own: [] as number[], false: [] as number[] };
      const lessons = references === 1
        ? photos.map((photo) => [photo])
        : Array.from({ length: LESSONS }, () => draw(photos, references, random));
      const line = judge.section.individuals[subject.animal ? "animal" : "object"].is;
      for (const taught of lessons) {
        const reference = judge.reference(taught.map(memoryOf));
        const ask = ({ look }: LookPhoto) => {
          const around = crowds.get(look)!;
          const likeness = judge.likeness(reference, look);
          const margin = likeness - line.slope * (reference.crowd + around.crowd) / 2;
          return { margin, ...judge.individual(reference, likeness, around) };
        };
        for (const asked of photos) {
          if (taught.includes(asked)) continue;
          const { margin, certainty } = ask(asked);
          subject.own.push(margin);
          tally.own++;
          if (certainty !== "unknown") tally.recalled++;
          if (certainty === "is") tally.sure++;
        }
        for (const asked of [...strangers, ...individuals]) {
          if (asked.group === photos[0]!.group) continue;
          const { margin, certainty } = ask(asked);
          subject.false.push(margin);
          tally.asked++;
          if (certainty !== "unknown") tally.strangers++;
          if (certainty === "is") tally.strangersSure++;
        }
      }
      subjects.push(subject);
    }
  }
  return {
    references,
    recalled: shareOf(tally.recalled, tally.own),
    sure: shareOf(tally.sure, tally.own),
    strangers: shareOf(tally.strangers, tally.asked),
    strangersSure: shareOf(tally.strangersSure, tally.asked),
    atRates: RATES.map((rate) => {
      const recalls = subjects.map((subject) => {
        const margins = Float64Array.from(
          subjects.flatMap((other) =>
            other !== subject && other.animal === subject.animal ? other.false : []
          ),
        ).sort();
        const threshold = margins[Math.floor((1 - rate) * margins.length)] ?? Infinity;
        return subject.own.filter((margin) => margin > threshold).length / subject.own.length;
      });
      return { rate, recall: bootstrap(recalls, mean) };
    }),
  };
}

/**
 * The nearest of all individuals, one photo of each taught by turns, and its confidence where it is
 * recalled. Each photo is asked about with its own individual taught and without.
 */
function confidences(
  judge: Judge,
  individuals: readonly LookPhoto[],
  strangers: readonly LookPhoto[],
): Scored[] {
  const groups = byGroup(individuals);
  const turns = Math.max(...groups.map(({ length }) => length));
  const around = new Map(
    [...individuals, ...strangers].map(({ look }) => [look, judge.surroundings(look)]),
  );
  return Array.from({ length: turns }, (_, turn) => {
    const scored: Scored[] = [];
    const gallery = groups.map((photos) => {
      const taught = photos[turn % photos.length]!;
      return { group: taught.group, taught, reference: judge.reference([memoryOf(taught)]) };
    });
    const ask = (asked: LookPhoto, among: typeof gallery) => {
      const best = among.map(({ group, reference }) => ({
        group,
        ...judge.individual(
          reference,
          judge.likeness(reference, asked.look),
          around.get(asked.look)!,
        ),
      })).sort((a, b) => b.confidence - a.confidence)[0];
      if (!best || best.certainty === "unknown") return;
      scored.push({ score: best.confidence, positive: best.group === asked.group });
    };
    const taught = new Set(gallery.map((one) => one.taught));
    const probes = individuals.filter((photo) => judge.mayJudge(photo) && !taught.has(photo));
    for (const photo of probes) {
      ask(photo, gallery);
      ask(photo, gallery.filter(({ group }) => group !== photo.group));
    }
    const step = Math.max(1, Math.floor(strangers.length / Math.max(1, probes.length)));
    for (let i = turn; i < strangers.length; i += step) ask(strangers[i]!, gallery);
    return scored;
  }).flat();
}

/** Breeds with photos enough to be taught and asked about. */
function typesOf(strangers: readonly LookPhoto[]): [LookPhoto, ...LookPhoto[]][] {
  return byGroup(strangers.filter(({ breed, learnt }) => breed && !learnt))
    .filter((photos): photos is [LookPhoto, ...LookPhoto[]] => photos.length >= FEWEST_OF_TYPE);
}

/** The network's novelty of a photo within its kind. */
function noveltyOf(
  { hierarchy, network }: LikenessParts,
  { breed, cosines }: LookPhoto,
): number {
  const kind = hierarchy.find(breed!.kind)!;
  const { novelty } = network.openKinds.find(({ name }) => name === breed!.kind)!;
  const standing = bestStanding(cosines, kind, network.cosineTemperature);
  return sigmoid(novelty.intercept + novelty.slope * standing);
}

function typeRow(
  parts: LikenessParts,
  judges: readonly Judge[],
  types: readonly (readonly LookPhoto[])[],
  animals: readonly LookPhoto[],
  count: number,
): TypeRow {
  const random = createRandom(SEED);
  const rates = judges.flatMap((judge) =>
    types.filter(([first]) => judge.mayJudge(first!)).map((photos) => {
      const { group, breed } = photos[0]!;
      const others = animals.filter((one) =>
        one.group !== group && !one.learnt && judge.mayAsk(one)
      );
      const around = new Map(
        [...photos, ...others].map(({ look }) => [look, judge.surroundings(look)]),
      );
      const own: number[] = [];
      const answered = new Map<LookPhoto, number>(others.map((photo) => [photo, 0]));
      for (let lesson = 0; lesson < LESSONS; lesson++) {
        const taught = draw(photos, Math.min(count, photos.length - 1), random);
        const reference = judge.reference(taught.map(memoryOf));
        const isAnswered = (photo: LookPhoto) =>
          judge.type(
            judge.likeness(reference, photo.look),
            around.get(photo.look)!,
            noveltyOf(parts, photo),
          ).certainty !== "unknown";
        for (const photo of photos) {
          if (!taught.includes(photo)) own.push(isAnswered(photo) ? 1 : 0);
        }
        for (const photo of others) {
          if (isAnswered(photo)) answered.set(photo, answered.get(photo)! + 1 / LESSONS);
        }
      }
      const rate = (holds: (photo: LookPhoto) => boolean) =>
        mean(
          [true, false].map((known) =>
            mean(
              others.filter((one) => holds(one) && (one.breed!.leaf !== null) === known)
                .map((one) => answered.get(one)!),
            )
          ).filter((share) => !Number.isNaN(share)),
        );
      return {
        own: mean(own),
        others: rate(() => true),
        othersOfKind: rate((one) => one.breed!.kind === breed!.kind),
      };
    })
  );
  return {
    taught: count,
    own: bootstrap(rates, (sample) => mean(sample.map(({ own }) => own))),
    others: bootstrap(rates, (sample) => mean(sample.map(({ others }) => others))),
    othersOfKind: bootstrap(rates, (sample) => mean(sample.map((one) => one.othersOfKind))),
  };
}

/**
 * Known breeds are taught by their clean photos, all but the one that is asked about, beside photos
 * of new breeds: how well does "of none of them" tell the new ones?
 */
function bankOf(
  parts: LikenessParts,
  judges: readonly Judge[],
  animals: readonly LookPhoto[],
): LikenessReport["bank"] {
  const clean = animals.filter(({ path, breed }) =>
    breed!.kind === "dog" && breed!.leaf !== null && path.includes("oxpet_")
  );
  const breeds = byGroup(clean).filter((photos) => photos.length > BANK);
  const scored: { type: string; scored: Scored }[] = [];
  for (const judge of judges) {
    const references = breeds.map((photos) => judge.reference(photos.map(memoryOf)));
    const strangeness = (photo: LookPhoto) => {
      const around = judge.surroundings(photo.look);
      const novelty = noveltyOf(parts, photo);
      return -Math.max(...references.map((reference, i) => {
        const own = breeds[i]!.includes(photo);
        const taught = own
          ? judge.reference(breeds[i]!.filter((one) => one !== photo).map(memoryOf))
          : reference;
        return judge.type(judge.likeness(taught, photo.look), around, novelty).confidence;
      }));
    };
    for (const photo of animals) {
      const isNew = photo.breed!.kind === "dog" && photo.breed!.leaf === null;
      const isTaught = breeds.some((photos) => photos.includes(photo));
      if (!judge.mayJudge(photo) || !judge.mayAsk(photo) || !(isNew || isTaught)) continue;
      scored.push({ type: photo.group, scored: { score: strangeness(photo), positive: isNew } });
    }
  }
  return {
    breeds: breeds.length,
    photos: mean(breeds.map(({ length }) => length - 1)),
    auroc: bootstrap(
      [...Map.groupBy(scored, ({ type }) => type).values()],
      (types) => auroc(types.flat().map((one) => one.scored)),
    ),
  };
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
