/**
 * The switch of private mode, and how far its opening has come.
 *
 * @module
 */
import { choosePrivate, type PrivateState } from "./private_mode.ts";
import type { Keep } from "./session.ts";
import { strings } from "./strings.ts";

/** What the switch is given. */
export interface PrivateSwitchProps {
  readonly lasting: Keep;
  /** How opening goes; undefined where private mode is off. */
  readonly state: PrivateState | undefined;
}

/** The switch. Turned, the page begins anew. */
export function PrivateSwitch({ lasting, state }: PrivateSwitchProps) {
  const says = strings.privacy;
  return (
    <div class="private" data-state={state?.is ?? "off"}>
      <label class="choice">
        <input
          type="checkbox"
          role="switch"
          checked={state !== undefined}
          onChange={(event: Event) => {
            choosePrivate(lasting, (event.target as HTMLInputElement).checked);
            location.reload();
          }}
        />{" "}
        {says.label}
      </label>
      <p class="quiet" role="status">{sayState(state)}</p>
      {state?.is === "loading" && (
        <progress
          aria-label={says.progress}
          max={state.loaded?.of ?? 1}
          value={state.loaded?.bytes ?? 0}
        />
      )}
      <p class="failed" role="alert">{state?.is === "failed" ? says.failed(state.why) : ""}</p>
    </div>
  );
}

function sayState(state: PrivateState | undefined): string {
  const says = strings.privacy;
  if (state === undefined) return says.off;
  if (state.is === "failed") return "";
  if (state.is === "open") return says.on;
  const { loaded } = state;
  return loaded ? says.loading(megabytes(loaded.bytes), megabytes(loaded.of)) : says.begins;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
