/**
 * The live picture, with frames that follow the faces: several answers a second, until one is held.
 * Loaded when it is first asked for.
 *
 * @module
 */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import type { Answer } from "../../functions/core/answer_type.ts";
import { type Camera, CameraError, type Facing, openCamera, pictureOf } from "./camera.ts";
import { FaceFrames } from "./face_frames.tsx";
import { isSmall } from "./hint_words.ts";
import { sayProblem } from "../problem_words.ts";
import { strings } from "../strings.ts";
import { watch } from "./watch.ts";
import { sayAnswer } from "../words.ts";

/** What the view is given. */
export interface CameraViewProps {
  /** Least milliseconds from one question to the next. */
  readonly interval: number;
  ask(frame: Blob): Promise<Answer>;
  /** Told of every answer. */
  onAnswer(answer: Answer): void;
  /** The picture that was held, as large as the camera gives it. */
  onHold(photo: File): void;
  onStop(): void;
}

/** Frames are asked about in this many pixels. */
const FRAME_SIDE = 640;
const FRAME_QUALITY = 0.8;
/** What is held is kept as it is. */
const HELD_SIDE = 4096;
const HELD_QUALITY = 0.93;

/** Milliseconds for which an answer has to stay before it is read aloud. */
const SETTLED = 1200;

/** The video and its buttons. */
export function CameraView({ interval, ask, onAnswer, onHold, onStop }: CameraViewProps) {
  const says = strings.camera;
  const video = useRef<HTMLVideoElement>(null);
  const [facing, setFacing] = useState<Facing>("user");
  const [camera, setCamera] = useState<Camera | undefined>(undefined);
  const [answer, setAnswer] = useState<Answer | undefined>(undefined);
  const [rate, setRate] = useState(0);
  const [wrong, setWrong] = useState("");
  const [isSeen, setSeen] = useState(!document.hidden);

  // Nobody is filmed by a page that nobody looks at.
  useEffect(() => {
    const look = () => setSeen(!document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);

  useEffect(() => {
    if (!isSeen) return;
    const ending = new AbortController();
    let opened: Camera | undefined;
    setWrong("");
    openCamera(facing).then(async (camera) => {
      opened = camera;
      const screen = video.current;
      if (ending.signal.aborted || !screen) return camera.stop();
      screen.srcObject = camera.stream;
      setCamera(camera);
      await watch({
        frame: async () => {
          if (screen.readyState < screen.HAVE_CURRENT_DATA) return undefined;
          return await pictureOf(screen, FRAME_SIDE, FRAME_QUALITY);
        },
        ask,
        onAnswer(answer, rate) {
          setWrong("");
          setAnswer(answer);
          setRate(rate);
          onAnswer(answer);
        },
        onTrouble: (error) => setWrong(sayProblem(error)),
        interval,
        signal: ending.signal,
      });
    }).catch((error) => {
      if (ending.signal.aborted) return;
      setWrong(error instanceof CameraError ? says.problems[error.trouble] : sayProblem(error));
    });
    return () => {
      ending.abort();
      opened?.stop();
      setCamera(undefined);
      setAnswer(undefined);
    };
  }, [facing, isSeen]);

  async function hold() {
    if (video.current) onHold(await pictureOf(video.current, HELD_SIDE, HELD_QUALITY));
  }

  return (
    <>
      <div class="frame live">
        <video ref={video} autoPlay muted playsInline aria-label={says.picture}></video>
        {!camera && <p class={wrong ? "failed" : "quiet"} role="alert">{wrong || says.starting}</p>}
      </div>
      {answer && <FaceFrames answer={answer} chosen={undefined} />}
      <div class="controls" data-live={String(camera !== undefined)}>
        <button
          type="button"
          class="button"
          disabled={answer === undefined}
          onClick={() => void hold()}
        >
          {says.hold}
        </button>
        {camera?.canFlip && (
          <button
            type="button"
            class="button dark"
            onClick={() => setFacing(facing === "user" ? "environment" : "user")}
          >
            {says.flip}
          </button>
        )}
        <button type="button" class="button dark" onClick={onStop}>{says.stop}</button>
      </div>
      <p class="live-line">
        <span class="failed" role="alert">{camera && wrong}</span>
        {answer && !wrong && (
          <span class="quiet">
            {isSmall(answer, undefined) ? says.closer : says.rate(rate.toFixed(1))}
          </span>
        )}
      </p>
      <Spoken answer={answer} />
    </>
  );
}

/** Reads an answer aloud once it has settled: several a second are none. */
function Spoken({ answer }: { readonly answer: Answer | undefined }) {
  const [spoken, setSpoken] = useState("");
  const headline = answer ? sayAnswer(answer).headline.join("") : "";
  useEffect(() => {
    const timer = setTimeout(() => setSpoken(headline), SETTLED);
    return () => clearTimeout(timer);
  }, [headline]);
  return <p class="unseen" role="log">{spoken}</p>;
}
