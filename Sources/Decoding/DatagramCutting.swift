import Records

/// How a UDP socket cuts the messages of a call (`udp_sendmsg`, `udp_cmsg_send`): by the last
/// UDP_SEGMENT among the control messages, else by the option of the socket.
struct DatagramCutting {
  private let isUDP: Bool
  private let socketSize: UInt16
  /// True where messages gather into one datagram: cut is what they make together.
  private let gathers: Bool

  init(_ socket: SocketKind?, _ details: CallDetails, _ flags: SendFlags) {
    isUDP = socket?.isUDP ?? false
    socketSize = details.segmentSize ?? 0
    gathers = details.isCorked || flags.contains(.more)
  }

  /// Nil where nothing is cut, or the control messages are refused.
  func segmentation(
    ofBytes bytes: UInt64?, _ block: ControlBlockReader.Block
  ) -> Segmentation? {
    guard isUDP, let control = block.messages, block.refusal == nil,
      !control.contains(where: { $0.status == .rejected }),
      let (source, size) = Segmentation.size(control: control, option: socketSize)
    else { return nil }
    let pieces = gathers ? nil : bytes.map { Segmentation.Pieces(cutting: $0, into: size) }
    return Segmentation(source: source, size: size, pieces: pieces)
  }
}

extension Segmentation.Pieces {
  /// Datagrams of `size` bytes, the last of what is left; a size of 0 cuts nothing.
  init(cutting bytes: UInt64, into size: UInt16) {
    let size = UInt64(size)
    if size == 0 || bytes <= size {
      self.init(count: 1, last: bytes)
    } else {
      let count = (bytes + size - 1) / size
      self.init(count: count, last: bytes - (count - 1) * size)
    }
  }
}
