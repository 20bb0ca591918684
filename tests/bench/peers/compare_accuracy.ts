/**
 * How surely every engine finds faces and tells persons apart, on the same photos.
 *
 * @module
 */
import { type Described, type DescribedFaces, describeFaces } from "./describe_faces.ts";
import type { Contender } from "./engines.ts";
import type { FacePhoto } from "./face_photos.ts";
import { type Verification, verify } from "./verification.ts";

/** What is measured of one engine; `bordered` had a second try at what it did not find. */
export interface Accuracy {
  /** Photos on which it finds a face. */
  readonly found: { readonly plain: number; readonly bordered: number };
  /** Of all photos: a face that is not found is nobody's. */
  readonly endToEnd: { readonly plain: Verification; readonly bordered: Verification };
  /** The same by collection, with a second try. */
  readonly bySet: Readonly<Record<string, Verification>>;
  /** Of the photos on which, with a second try, all engines find the face. */
  readonly allFound: Verification;
}

/** Judges all engines. */
export async function compareAccuracy(
  contenders: readonly Contender[],
  photos: readonly FacePhoto[],
): Promise<{ photos: number; allFound: number; accuracies: Accuracy[] }> {
  const described: DescribedFaces[] = [];
  for (const contender of contenders) described.push(await describeFaces(contender, photos));
  const everywhere = photos.map((_, i) => described.every(({ bordered }) => bordered[i] !== null));
  const sets = [...new Set(photos.map(({ set }) => set))];
  return {
    photos: photos.length,
    allFound: everywhere.filter(Boolean).length,
    accuracies: contenders.map(({ score }, k) => {
      const { plain, bordered } = described[k]!;
      const of = (faces: readonly Described[], use: (photo: FacePhoto, i: number) => boolean) => {
        const chosen = photos.flatMap((photo, i) =>
          use(photo, i) ? [{ photo, face: faces[i]! }] : []
        );
        return verify(chosen.map(({ photo }) => photo.person), (a, b) => {
          const [first, second] = [chosen[a]!.face, chosen[b]!.face];
          return first && second ? score(first, second) : -Infinity;
        });
      };
      return {
        found: {
          plain: plain.filter((face) => face !== null).length,
          bordered: bordered.filter((face) => face !== null).length,
        },
        endToEnd: { plain: of(plain, () => true), bordered: of(bordered, () => true) },
        bySet: Object.fromEntries(
          sets.map((name) => [name, of(bordered, ({ set }) => set === name)]),
        ),
        allFound: of(bordered, (_, i) => everywhere[i]!),
      };
    }),
  };
}
