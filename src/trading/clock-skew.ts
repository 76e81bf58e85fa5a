/**
 * How far our wall clock is surely off the venue's, positive when ours is ahead. The venue read its clock somewhere
 * between question and answer, so as long as its time lies between ours of both nothing is proven; a slow answer can
 * hide a small skew, and never make one up. All in wall milliseconds.
 */
export function provenSkew(askedAt: number, venueTime: number, answeredAt: number): number {
  if (venueTime < Math.min(askedAt, answeredAt)) return Math.min(askedAt, answeredAt) - venueTime;
  if (venueTime > Math.max(askedAt, answeredAt)) return Math.max(askedAt, answeredAt) - venueTime;
  return 0;
}
