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

  /// What cuts a UDP message (`udp_cmsg_send`, `udp_sendmsg`; kernel.md §3.1, GSO): the last
  /// UDP_SEGMENT among its control messages, else the option of the socket; nil where nothing does.
  package static func size(
    control: [ControlMessage], option: UInt16
  ) -> (source: Source, size: UInt16)? {
    let own = control.lazy.reversed().compactMap(\.segmentSize).first
    let size = own ?? option
    return size > 0 ? (own == nil ? .socket : .message, size) : nil
  }
}

extension ControlMessage {
  /// The size that a UDP_SEGMENT gives, 0 for none; nil for any other message.
  fileprivate var segmentSize: UInt16? {
    guard kind == .segment, status == .used, data.count == 2 else { return nil }
    return UInt16(data[0]) | UInt16(data[1]) << 8
  }
}
