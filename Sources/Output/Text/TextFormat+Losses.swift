import Records

extension TextFormat {
  /// What was lost, behind the totals of the run.
  mutating func append(_ losses: Losses, to out: inout ByteBuffer) {
    LossLines(losses).write(width: options.width, to: &out)
  }
}
