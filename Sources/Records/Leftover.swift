/// What lay in the program's memory, when a call had ended, of what it left unsent: what the
/// program is going to offer next. It is no part of the call's record.
package struct Leftover: Sendable {
  /// The messages over the 1,024 that one call takes, as far as they were read.
  package var messages: [Message] = []
  /// The first bytes of the last message sent that were not taken.
  package var cut: [UInt8] = []

  package init() {}
}
