/**
 * Frames around the faces of the photo, with their names; buttons where one can be chosen.
 *
 * @module
 */
import type { Answer } from "../../functions/core/answer_type.ts";
import { type Face, facesOf, isChoice } from "./people.ts";
import { strings } from "../strings.ts";

/** What the frames are given. */
export interface FaceFramesProps {
  readonly answer: Pick<Answer, "subjects" | "image">;
  /** Index of the chosen face among the answer's subjects. */
  readonly chosen: number | undefined;
  /** Left out where nothing can be taught, and so nothing chosen. */
  readonly onChoose?: ((face: number | undefined) => void) | undefined;
}

/** Faces that begin this near to the upper edge bear their name inside, as a share of its height. */
const NEAR_TOP = 0.12;

/** Lies over the photo, wherever it is drawn in its frame. */
export function FaceFrames({ answer, chosen, onChoose }: FaceFramesProps) {
  const faces = facesOf(answer);
  if (faces.length === 0) return null;
  const { width, height } = answer.image;
  const choose = isChoice(answer) ? onChoose : undefined;
  return (
    <div class="faces">
      <ul aria-label={strings.faces.heading} style={{ "--ratio": String(width / height) }}>
        {faces.map((face, i) => {
          const place = placed(face, answer.image);
          const name = <FaceName face={face} number={i + 1} of={faces.length} />;
          const pressed = face.index === chosen;
          return (
            <li key={face.index} {...place} data-known={String(face.label !== null)}>
              {choose
                ? (
                  <button
                    type="button"
                    class="edge"
                    aria-pressed={pressed ? "true" : "false"}
                    onClick={() => choose(pressed ? undefined : face.index)}
                  >
                    {name}
                  </button>
                )
                : <span class="edge">{name}</span>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function FaceName(
  { face, number, of }: { readonly face: Face; readonly number: number; readonly of: number },
) {
  const { which, name, tag } = strings.faces;
  return (
    <>
      <span class="unseen">{which(number, of)}: {name(face.label, face.certainty)}</span>
      <span class="tag" aria-hidden="true">{tag(face.label, face.certainty)}</span>
    </>
  );
}

/** Where a face is in its photo, and where its name has room. */
function placed({ box }: Face, { width, height }: Answer["image"]) {
  const left = Math.max(0, box.x);
  const top = Math.max(0, box.y);
  const right = Math.min(width, box.x + box.width);
  const bottom = Math.min(height, box.y + box.height);
  const middle = (left + right) / 2 / width;
  const share = (part: number) => `${part * 100}%`;
  return {
    "data-side": middle > 0.5 ? "right" : "left",
    "data-name": top / height < NEAR_TOP ? "inside" : "above",
    style: {
      left: share(middle),
      top: share((top + bottom) / 2 / height),
      width: share((right - left) / width),
      height: share((bottom - top) / height),
    },
  };
}
