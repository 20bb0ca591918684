/**
 * The hierarchy of an answer by the network, drawn as the way down: how sure it is of every kind,
 * and what could be below the last.
 *
 * @module
 */
import type { Answer } from "../../functions/core/answer_type.ts";
import { sayKinds } from "./kind_words.ts";
import { ShareBar } from "./share_bar.tsx";
import { strings } from "../strings.ts";
import { percent } from "../words.ts";

/** Kinds below each other; nothing for other answers. */
export function KindView({ answer }: { readonly answer: Answer }) {
  const steps = sayKinds(answer);
  if (steps.length === 0) return null;
  const depth = steps.filter(({ is }) => is === "kind" || is === "label").length;
  return (
    <div class="kinds">
      <h3 id="kinds-heading">{strings.kinds.heading}</h3>
      <ol aria-labelledby="kinds-heading">
        {steps.map(({ name, share, is }, i) => (
          <li key={name} data-is={is} style={{ "--depth": String(Math.min(i, depth)) }}>
            <span class="kind" lang={is === "new" ? undefined : "en"}>{name}</span>
            {share !== undefined && <ShareBar share={share} />}
            {share !== undefined && <span class="share">{percent(share)}</span>}
          </li>
        ))}
      </ol>
    </div>
  );
}
