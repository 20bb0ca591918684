/**
 * What would help most to recognise somebody: which photos to add, and whom to enrol too.
 *
 * @module
 */
import type { FaceJudge } from "./face_judge.ts";
import type { LabelSummary, MemoryTable } from "./memory.ts";
import { peopleOf, type Person } from "./people.ts";

/** A label with what would help most to recognise it, the most helpful first. */
export interface AdvisedLabel extends LabelSummary {
  readonly advice: readonly string[];
}

/** People whom each one on a page is compared with: a thousand would hold up the service. */
const COMPARED = 100;

/**
 * Adds advice to a page of labels. People are compared with the first hundred of the same page.
 *
 * @param table where they are remembered
 * @param space whose labels
 * @param labels one page of them
 */
export async function advise(
  table: MemoryTable,
  space: string,
  labels: readonly LabelSummary[],
  judge: FaceJudge,
): Promise<AdvisedLabel[]> {
  const names = labels.map(({ label }) => label);
  const people = await peopleOf(table, space, names, judge);
  const all = [...people.values()].slice(0, COMPARED);
  return labels.map((label) => {
    const person = people.get(label.label);
    return { ...label, advice: person ? adviceOn(person, all, judge) : [] };
  });
}

function adviceOn(person: Person, people: readonly Person[], judge: FaceJudge): string[] {
  const { label, memories, template } = person;
  const advice: string[] = [];
  for (const { id } of person.odd) {
    advice.push(
      `One photo of ${label} looks like somebody else and does not count (memory ${id}): forget it.`,
    );
  }
  if (memories.length === 1) {
    advice.push(`Only one photo of ${label} is known: a second one helps most.`);
  } else if (person.alike) {
    advice.push(
      `All photos of ${label} are much alike: one from another day or another time helps most.`,
    );
  }
  if (template.young) {
    advice.push(`${label} is young in all photos: add one as a grown-up.`);
  } else if (template.youth !== null) {
    const isYoungKnown = person.vectors.some(({ youth }) =>
      (youth ?? 0) >= judge.section.youngFrom
    );
    if (!isYoungKnown) {
      advice.push(`To recognise ${label} in old photos, add one of ${label} when young.`);
    }
  }
  for (const other of people) {
    if (other === person) continue;
    const { llr } = judge.fit(template, other.template);
    if (llr < judge.section.alikeFrom) continue;
    advice.push(
      `${label} and ${other.label} look alike: more photos of both help to tell them apart.`,
    );
  }
  if (person.negatives.length > 0) {
    const strangers = person.negatives.filter((face) =>
      !people.some((other) =>
        other !== person && judge.fit(other.template, face).llr >= judge.section.alikeFrom
      )
    );
    if (strangers.length > 0) {
      advice.push(
        `Somebody was taken for ${label}: enrol that person too, so that they can be told apart.`,
      );
    }
  }
  return advice;
}
