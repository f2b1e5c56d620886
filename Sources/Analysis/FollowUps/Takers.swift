/// The sends that took messages of a call up.
struct Takers {
  private(set) var count = 0
  /// What the first of them is called, and the last.
  private(set) var (first, last): (String?, String?)
  /// The first of them that was a sendmmsg.
  private(set) var firstCall: UInt64?
  /// CLOCK_MONOTONIC when the last one ended.
  private(set) var lastEnd: UInt64 = 0
  /// The message that the first of them began with.
  private(set) var begunAt: Int?
  /// True where it has other messages before that one.
  private var isBegunBehind = false
  /// True where other data stood before what was taken up.
  var isBehindOthers = false
  /// The name of a system call other than sendmmsg that took some up.
  private(set) var otherSyscall: String?

  /// `isBehind`: it has others before that message.
  mutating func note(
    _ offer: borrowing Offer, beginningAt message: Int, isBehind: Bool = false
  ) {
    if count == 0 { (begunAt, isBegunBehind, first) = (message, isBehind, offer.name) }
    count += 1
    last = offer.name
    firstCall = firstCall ?? offer.sequence
    lastEnd = offer.left
    if offer.sequence == nil { otherSyscall = offer.name }
  }

  /// Of those that come now the reasons are to tell.
  mutating func beginAnew() {
    (count, first, last, firstCall, otherSyscall, begunAt) = (0, nil, nil, nil, nil, nil)
  }

  /// `the first call 2, the last call 9`.
  var names: String {
    guard let first, let last else { return "" }
    if first != last { return "the first \(first), the last \(last)" }
    return count == 2 ? "both \(first)" : "the first and the last \(first)"
  }

  /// What is said of the first one.
  var begins: String {
    let message = begunAt ?? 0
    return isBegunBehind ? "has message \(message) behind others" : "begins at message \(message)"
  }
}
