// What the kernel wrote into the messages that it counted.
extension CallSnapshot {
  /// Notes `msg_len` of the first `counted` messages, which `image` has as they were at the exit.
  package mutating func noteSentLengths(_ counted: Int, in image: borrowing MemoryImage) {
    guard let arguments else { return }
    EntryArray(arguments, MessageLayout.of(abi)).readSentLengths(counted, image, into: &sentLengths)
  }

  /// `msg_len` of a message; nil where it was not counted, or could not be read.
  func sentLength(ofMessage index: Int) -> UInt32? {
    sentLengths.indices.contains(index) ? sentLengths[index] : nil
  }
}
