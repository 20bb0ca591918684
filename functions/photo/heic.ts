/**
 * Decodes HEIC, which phones take. `sharp`'s binaries carry no HEVC decoder; libheif compiled to
 * WebAssembly does (`libheif-js`, LGPL-3.0, used unmodified as a package that can be replaced).
 *
 * @module
 */
import { DamagedPhotoError } from "../core/errors.ts";

/** Interleaved samples, upright: libheif applies the file's own rotation and mirroring. */
export interface RawPicture {
  readonly width: number;
  readonly height: number;
  /** 3 or 4. */
  readonly channels: 3 | 4;
  /** [height, width, channels], a view of the decoder's memory. */
  readonly data: Uint8Array;
}

type Handle = { readonly __brand: "handle" };

/** The part of the package that is used; its own types leave the outputs open. */
interface LibHeif {
  heif_context_alloc(): Handle;
  heif_context_read_from_memory(
    context: Handle,
    bytes: Uint8Array,
  ): { readonly code: { readonly value: number }; readonly message: string };
  heif_js_context_get_primary_image_handle(
    context: Handle,
  ): Handle & { readonly code?: unknown; readonly message?: string };
  heif_image_handle_get_width(handle: Handle): number;
  heif_image_handle_get_height(handle: Handle): number;
  heif_image_handle_has_alpha_channel(handle: Handle): number;
  heif_js_decode_image2(handle: Handle, colorspace: unknown, chroma: unknown): {
    readonly code?: unknown;
    readonly message?: string;
    readonly channels?: readonly {
      readonly width: number;
      readonly height: number;
      readonly stride: number;
      readonly data: Uint8Array;
    }[];
  };
  readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
  readonly heif_chroma: {
    readonly heif_chroma_interleaved_RGB: unknown;
    readonly heif_chroma_interleaved_RGBA: unknown;
  };
}

function damaged(message = "the picture in it cannot be decoded"): DamagedPhotoError {
  return new DamagedPhotoError(`The photo is a damaged HEIC: ${message.trim()}`);
}

/**
 * Decodes the primary picture of a HEIC file.
 *
 * The decoder is loaded on first need and instantiated for each photo.
 *
 * @throws {DamagedPhotoError} for a damaged file
 */
export async function decodeHeic(bytes: Uint8Array): Promise<RawPicture> {
  const { default: instantiate } = await import(
    "libheif-js/libheif-wasm/libheif-bundle.mjs"
  ) as unknown as {
    default: () => LibHeif;
  };
  const lib = instantiate();
  const context = lib.heif_context_alloc();
  const read = lib.heif_context_read_from_memory(context, bytes);
  if (read.code.value !== 0) throw damaged(read.message);
  const handle = lib.heif_js_context_get_primary_image_handle(context);
  if (handle.code !== undefined) throw damaged(handle.message);
  const channels = lib.heif_image_handle_has_alpha_channel(handle) ? 4 : 3;
  const chroma = channels === 4
    ? lib.heif_chroma.heif_chroma_interleaved_RGBA
    : lib.heif_chroma.heif_chroma_interleaved_RGB;
  const decoded = lib.heif_js_decode_image2(
    handle,
    lib.heif_colorspace.heif_colorspace_RGB,
    chroma,
  );
  const plane = decoded.channels?.[0];
  if (!plane) throw damaged(decoded.message);
  const { width, height, stride, data } = plane;
  const row = width * channels;
  if (!(width >= 1 && height >= 1 && data.length >= stride * (height - 1) + row)) throw damaged();
  // Rows are padded: closing the gaps in place takes no second copy of a large picture.
  if (stride !== row) {
    for (let y = 1; y < height; y++) data.copyWithin(y * row, y * stride, y * stride + row);
  }
  return { width, height, channels, data: data.subarray(0, row * height) };
}
