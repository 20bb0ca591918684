/**
 * The camera: opened, looked through as JPEGs, and closed. Loaded when it is first asked for.
 *
 * @module
 */

/** Which way a camera looks. */
export type Facing = "user" | "environment";

/** Why there is no picture. */
export type CameraTrouble = "none" | "refused" | "busy" | "insecure";

/** A camera that does not open. */
export class CameraError extends Error {
  override name = "CameraError";
  readonly trouble: CameraTrouble;

  constructor(trouble: CameraTrouble, cause?: unknown) {
    super(`no picture from the camera: ${trouble}`, { cause });
    this.trouble = trouble;
  }
}

/** A camera that is open. */
export interface Camera {
  readonly stream: MediaStream;
  readonly facing: Facing;
  /** Whether there is another one to look through. */
  readonly canFlip: boolean;
  /** Lets go of it; its light goes out. */
  stop(): void;
}

/** What browsers call the reasons. */
const TROUBLES: Readonly<Record<string, CameraTrouble>> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
};

/**
 * Opens a camera.
 *
 * @throws {CameraError} when there is none, or it may not be used
 */
export async function openCamera(facing: Facing): Promise<Camera> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new CameraError("insecure");
  const stream = await devices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: facing }, width: { ideal: 1280 }, height: { ideal: 720 } },
  }).catch((error: DOMException) => {
    throw new CameraError(TROUBLES[error.name] ?? "busy", error);
  });
  // Only once the camera is allowed are its fellows told.
  const cameras = (await devices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
  return {
    stream,
    facing,
    canFlip: cameras.length > 1,
    stop: () => stream.getTracks().forEach((track) => track.stop()),
  };
}

/**
 * What a video shows now, as a JPEG.
 *
 * @param longSide most pixels of its longer side
 * @param quality of the JPEG, 0 to 1
 */
export async function pictureOf(
  video: HTMLVideoElement,
  longSide: number,
  quality: number,
): Promise<File> {
  const { videoWidth, videoHeight } = video;
  const scale = Math.min(1, longSide / Math.max(videoWidth, videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(videoWidth * scale);
  canvas.height = Math.round(videoHeight * scale);
  canvas.getContext("2d")!.drawImage(video, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) =>
    canvas.toBlob(resolve, "image/jpeg", quality)
  );
  if (!blob) throw new CameraError("busy");
  return new File([blob], "camera.jpg", { type: blob.type });
}
