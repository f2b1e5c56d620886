/// A call that left messages unsent.
struct ShortCall {
  /// The case of the rule that it comes under.
  var place: Int
  var program: String
  /// The saved trace it is in; nil where there is only one.
  var trace: String?
  var isUnfinished: Bool
  /// What helps against its shortfall.
  var fix: String?
  /// The inode of its socket; nil where that is not known.
  var socket: UInt64?
  /// Its messages that were said to be lost, which a later record may take back.
  var lostSoFar: UInt64 = 0
  /// The messages that the rule is about; nil for all.
  var messages: Set<Int>?

  func includes(_ message: Int) -> Bool { messages?.contains(message) ?? true }
}
