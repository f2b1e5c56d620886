import Decoding
import Records

/// Reads what a sending system call is about.
struct OtherSendReader: ~Escapable {
  private let memory: TraceeMemory
  private let layout: MessageLayout

  private static let maximumIovecs: UInt64 = 1024
  private static let maximumControl = 1024

  @_lifetime(copy memory)
  init(memory: consuming TraceeMemory, layout: MessageLayout) {
    self.memory = memory
    self.layout = layout
  }

  /// The arguments that `socketcall` is pointed at: six words at most.
  func socketcall(_ registers: CallInfo.Arguments) -> CallInfo.Arguments? {
    guard let block = bytes(RemoteAddress(registers.second), 16) else { return nil }
    let more = bytes(RemoteAddress(registers.second), 24) ?? block + [UInt8](repeating: 0, count: 8)
    func word(_ index: Int) -> UInt64 {
      (0..<4).reduce(0) { $0 | UInt64(more[index * 4 + $1]) << UInt64($1 * 8) }
    }
    return CallInfo.Arguments(
      first: word(0), second: word(1), third: word(2), fourth: word(3), fifth: word(4),
      sixth: word(5))
  }

  /// Up to `limit` bytes of what it sends.
  func read(
    _ arguments: CallInfo.Arguments, into send: inout OtherSendSnapshot, limit: UInt64
  ) {
    switch send.syscall {
    case .write:
      send.iovecs = [IOVector(base: RemoteAddress(arguments.second), length: arguments.third)]
    case .send:
      send.flags = Self.flags(arguments.fourth)
      send.iovecs = [IOVector(base: RemoteAddress(arguments.second), length: arguments.third)]
    case .sendto:
      send.flags = Self.flags(arguments.fourth)
      send.iovecs = [IOVector(base: RemoteAddress(arguments.second), length: arguments.third)]
      readName(arguments.fifth, arguments.sixth & 0xffff_ffff, into: &send)
    case .writev: readIovecs(arguments.second, arguments.third, into: &send)
    case .sendmsg:
      send.flags = Self.flags(arguments.third)
      readHeader(arguments.second, into: &send)
    }
    readPayload(into: &send, limit: Int(limit))
  }

  private static func flags(_ register: UInt64) -> SendFlags {
    SendFlags(rawValue: UInt32(truncatingIfNeeded: register))
  }

  private func readHeader(_ address: UInt64, into send: inout OtherSendSnapshot) {
    guard let bytes = bytes(RemoteAddress(address), layout.sentLengthOffset),
      let header = layout.header(in: bytes, at: 0)
    else {
      send.isFaulty = true
      return
    }
    send.hasControl = header.controlLength > 0
    if let range = header.controlRange, range.count <= Self.maximumControl {
      send.control = self.bytes(range.start, range.count)
      send.layout = layout
    }
    if header.nameLength > 0 { readName(header.name.value, UInt64(header.nameLength), into: &send) }
    readIovecs(header.iovecs.value, header.iovecCount, into: &send)
  }

  private func readName(_ address: UInt64, _ length: UInt64, into send: inout OtherSendSnapshot) {
    guard address != 0, length > 0 else { return }
    send.name = bytes(RemoteAddress(address), Int(min(length, UInt64(SocketAddressBytes.capacity))))
    if send.name == nil { send.isFaulty = true }
  }

  private func readIovecs(_ address: UInt64, _ count: UInt64, into send: inout OtherSendSnapshot) {
    guard count > 0 else { return }
    guard count <= Self.maximumIovecs,
      let bytes = bytes(RemoteAddress(address), Int(count) * layout.iovecStride)
    else {
      send.isFaulty = true
      return
    }
    send.iovecs = (0..<Int(count)).compactMap {
      layout.iovec(in: bytes, at: $0 * layout.iovecStride)
    }
  }

  private func readPayload(into send: inout OtherSendSnapshot, limit: Int) {
    for iovec in send.iovecs where send.payload.count < limit && iovec.length > 0 {
      let count = Int(min(iovec.length, UInt64(limit - send.payload.count)))
      guard let piece = bytes(iovec.base, count) else {
        send.isFaulty = true
        return
      }
      send.payload += piece
    }
  }

  /// Up to `limit` bytes of what lies so far into it, in one piece of memory.
  func bytes(of iovecs: [IOVector], behind count: UInt64, limit: UInt64) -> [UInt8] {
    var left = count
    for iovec in iovecs {
      guard left >= iovec.length else {
        let count = min(iovec.length - left, limit)
        return iovec.base.advanced(by: left).flatMap { bytes($0, Int(count)) } ?? []
      }
      left -= iovec.length
    }
    return []
  }

  private func bytes(_ address: RemoteAddress, _ count: Int) -> [UInt8]? {
    memory.bytes(at: address, count: count)
  }
}
