/**
 * The networks that look at photos, opened in whatever thread, and what they make of one.
 *
 * @module
 */
import { createBackbone } from "../../models/backbone.ts";
import type { FaceCrop, FaceDescriptor, FaceMode } from "../../models/face.ts";
import { createFaceFinder } from "../../models/face_finder.ts";
import type { FacesSection } from "../../models/face_networks.ts";
import { createKinds, type KindsSection } from "../../models/kinds.ts";
import type { BackboneSection } from "../../models/manifest.ts";
import type { ParadigmsSection, TrainedParadigm } from "../../models/paradigms.ts";
import { createRecognizer } from "../../models/recognizer.ts";
import type { OpenSession } from "../../models/session.ts";
import type { Encoded } from "../core/encoder.ts";
import type { PhotoCodec } from "./codec.ts";
import { encodePhoto } from "./encode_photo.ts";
import { openFaceEmbedder } from "./face_models.ts";
import type { PhotoLimits } from "./limits.ts";
import type { ReadModel } from "./open_model.ts";
import { createParadigmModels } from "./paradigm_models.ts";
import { createRetried } from "./retried.ts";

/** What the networks are opened with. The bytes are given away. */
export interface PhotoModelsOptions {
  /** The engine. */
  readonly open: OpenSession;
  readonly codec: PhotoCodec;
  /** The bytes of the backbone. */
  readonly model: Uint8Array;
  readonly section: BackboneSection;
  readonly kinds: {
    readonly section: KindsSection;
    /** The bytes of the graph. */
    readonly model: Uint8Array;
  };
  readonly faces: {
    readonly section: FacesSection;
    /** The bytes of the detector. */
    readonly detector: Uint8Array;
    /** Reads the embedders, when the first face is described. */
    readonly read: ReadModel;
  };
  /** Left out where there are no trained paradigms. */
  readonly paradigms?: {
    readonly section: ParadigmsSection;
    /** Reads their networks, each when it is first asked. */
    readonly read: ReadModel;
  };
  /** As a server has them when left out. */
  readonly limits?: PhotoLimits;
}

/** How a photo is looked at. */
export interface LookOptions {
  readonly keepPhoto: boolean | "thumbnail";
  readonly mirrored: boolean;
  readonly faces: FaceMode | "none";
  /** Empty where none is asked. */
  readonly paradigms: readonly TrainedParadigm[];
  /** Whether the photo's bytes are nobody else's, so that they can be given back at once. */
  readonly owned: boolean;
}

/** The networks, opened. */
export interface PhotoModels {
  /** Looks at a photo. @throws as {@linkcode Encoder.encode} does */
  encode(photo: Uint8Array, options: LookOptions): Promise<Encoded>;
  describe(crops: readonly FaceCrop[], mode: FaceMode): Promise<readonly FaceDescriptor[]>;
  release(): Promise<void>;
}

/** Opens the networks. @throws {Error} when one cannot be loaded */
export async function openPhotoModels(
  { open, codec, model, section, kinds, faces, paradigms: trained, limits }: PhotoModelsOptions,
): Promise<PhotoModels> {
  const session = await open(model);
  const kindsSession = await open(kinds.model, { lean: true });
  const detector = await open(faces.detector);
  // The engine has its own copies, and the garbage collector would leave these for long.
  drop(model);
  drop(kinds.model);
  drop(faces.detector);
  const recognize = createRecognizer({
    backbone: createBackbone(session, section),
    scoreKinds: createKinds(kindsSession, kinds.section),
    view: section.input,
    decided: kinds.section.decided,
  });
  const finder = createFaceFinder({ detector, section: faces.section });
  const embedder = createRetried(() => openFaceEmbedder(faces.section, faces.read, open));
  const paradigms = trained && createParadigmModels(trained.section, trained.read, open);

  return {
    encode(photo, { paradigms: asked, ...options }) {
      return encodePhoto(photo, {
        ...options,
        codec,
        recognize,
        finder,
        ...(limits ? { limits } : {}),
        ...(paradigms && asked.length > 0
          ? { scoreParadigms: (centre) => paradigms.score(asked, centre) }
          : {}),
      });
    },
    async describe(crops, mode) {
      return await (await embedder.get()).embedder.embed(crops, mode);
    },
    async release() {
      await session.release();
      await kindsSession.release();
      await detector.release();
      await (await embedder.got())?.release();
      await paradigms?.release();
    },
  };
}

function drop({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
