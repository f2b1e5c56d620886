/// How UDP cuts a message into datagrams (UDP_SEGMENT).
package struct Segmentation: Hashable, Sendable {
  package enum Source: String, Sendable, CaseIterable {
    /// A control message of the message's own.
    case message
    /// The option of the socket.
    case socket
  }

  package var source: Source
  /// Bytes of each datagram but the last; more than 0.
  package var size: UInt16
  /// How many datagrams, and bytes of the last; nil where the length is not known, or where the
  /// message is held back to make one datagram with others.
  package var pieces: Pieces?

  package struct Pieces: Hashable, Sendable {
    package var count: UInt64
    package var last: UInt64

    package init(count: UInt64, last: UInt64) {
      self.count = count
      self.last = last
    }
  }

  package init(source: Source, size: UInt16, pieces: Pieces?) {
    self.source = source
    self.size = size
    self.pieces = pieces
  }
}
