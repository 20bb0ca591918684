/**
 * What is known of people whose photos are decades apart.
 *
 * @module
 */
import type { FaceScore, FaceScores } from "../../models/people.ts";

/**
 * Scores for large age gaps, estimated along with the means and directions of `face_age.json` on
 * the same half of the LAG set, at even odds.
 */
const LARGE_GAPS: FaceScores["full"] = [
  { bias: 2.755052, sface: 15.391671, distance: 9.629048, dlib: 4.806211 },
  { bias: 4.967316, sface: 17.912041, distance: 15.899699, dlib: 2.989935 },
  { bias: 3.188497, sface: 19.566113, distance: 14.17893, dlib: 2.277169 },
];
/**
 * What they are too high by in data/faces, whose strangers share a camera, a light and an age: as
 * they are, a household of ten, taught by two photos each, takes 2.4 % of strangers for somebody;
 * with a tenth of the odds .1 %, but with a twentieth a gap of 49 years is not bridged.
 */
const TOO_HIGH = Math.log(7);

/**
 * The mean of scores that were fitted to people of one time and of those for large age gaps, on the
 * scale of the former: what tells people of today apart is not what is left of them after decades.
 *
 * @param scores for the descriptors that the age directions of `face_age.json` are taken off
 */
export function withLargeGaps(scores: FaceScores["full"]): FaceScores["full"] {
  const middle = (i: 0 | 1 | 2): FaceScore => ({
    bias: (scores[i].bias + LARGE_GAPS[i].bias - TOO_HIGH) / 2,
    sface: (scores[i].sface + LARGE_GAPS[i].sface) / 2,
    distance: (scores[i].distance + LARGE_GAPS[i].distance) / 2,
    dlib: (scores[i].dlib + LARGE_GAPS[i].dlib) / 2,
  });
  return [middle(0), middle(1), middle(2)];
}
