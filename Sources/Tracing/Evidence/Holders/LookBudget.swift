/// What looks at other processes may cost: some CPU time of their thread at first, and a share of
/// all time later.
struct LookBudget {
  /// How much of both a look may use up.
  struct Limit {
    /// Nanoseconds.
    var allowance: UInt64
    /// One of so many.
    var share: UInt64
  }

  private var begun: UInt64 = 0
  private var spent: UInt64 = 0

  mutating func allows(_ limit: Limit) -> Bool {
    let now = Clock.monotonic()
    if begun == 0 { begun = now }
    return spent < limit.allowance + (now &- begun) / limit.share
  }

  mutating func spend<Value>(on look: () -> Value) -> Value {
    let start = Clock.ownThread()
    defer { spent += Clock.ownThread() &- start }
    return look()
  }
}
