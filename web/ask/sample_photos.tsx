/**
 * The photos that come with the page, with their credits.
 *
 * @module
 */
import { language } from "../language.ts";
import { samples } from "./samples.ts";
import { strings } from "../strings.ts";

/** What the samples are given. */
export interface SamplePhotosProps {
  /** Called with the address of the photo that was chosen. */
  onSample(url: string): void;
}

/** A row of buttons. */
export function SamplePhotos({ onSample }: SamplePhotosProps) {
  const says = strings.photo;
  return (
    <div class="samples">
      <p id="samples-heading">{says.samples}</p>
      <ul aria-labelledby="samples-heading">
        {samples.map(({ file, alt }) => (
          <li key={file}>
            <button type="button" onClick={() => onSample(`/assets/samples/${file}`)}>
              <img src={`/assets/samples/${file}`} alt={alt[language]} width="64" height="64" />
            </button>
          </li>
        ))}
      </ul>
      <details>
        <summary>{says.credits}</summary>
        <ul lang="en">{samples.map(({ file, credit }) => <li key={file}>{credit}</li>)}</ul>
      </details>
    </div>
  );
}
