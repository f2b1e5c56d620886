/// What was read of a call to follow it up, or one before it, and is no part of its record.
package struct Leftover: Sendable {
  /// The messages over the 1,024 that one call takes, as they lay in memory when the call had
  /// ended, as far as they were read.
  package var messages: [Message] = []
  /// The first bytes of the last message sent that were not taken.
  package var cut: [UInt8] = []
  /// All bytes of each message, those over the 1,024 included; nil for one that was not read as a
  /// whole. Empty where none was to be.
  package var contents: [ArraySlice<UInt8>?] = []
  /// True where another call was under way when it ended, which may yet fall short of the same.
  package var isBeside = false
  /// The socket that its descriptor was when a call on it fell short, by inode, where the process
  /// had closed that by then.
  package var closedSocket: UInt64?

  package init() {}
}
