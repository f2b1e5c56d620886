import Glibc

/// A connection to a part of the kernel that answers by netlink(7), of the network namespace that
/// it is made in.
struct NetlinkLink {
  /// An answer, or a part of one.
  struct Message {
    var type: UInt16
    var body: ArraySlice<UInt8>

    /// NLMSG_ERROR, with a negated errno, and NLMSG_DONE.
    static let error: UInt16 = 2
    static let done: UInt16 = 3
  }

  let descriptor: Descriptor

  /// Nil where there is no such connection to be had: errno says why.
  init?(protocolNumber: Int32) {
    let fd = socket(
      AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), protocolNumber)
    guard fd >= 0 else { return nil }
    descriptor = Descriptor(fd)
  }

  /// Asks for one thing, or for all that there are.
  ///
  /// ```
  /// struct nlmsghdr: len 0:4  type 4:2  flags 6:2  seq 8:4  pid 12:4
  /// ```
  func ask(_ type: UInt16, _ body: [UInt8], isDump: Bool = false) -> Bool {
    // NLM_F_REQUEST, and NLM_F_DUMP.
    let size = 16 + body.count
    var message: [UInt8] = []
    message.reserveCapacity(size)
    message += UInt32(size).bytes
    message += [UInt8(type & 0xff), UInt8(type >> 8), 1, isDump ? 3 : 0, 1, 0, 0, 0, 0, 0, 0, 0]
    message += body
    return unsafe send(descriptor.number, message, message.count, 0) == message.count
  }

  /// What has been answered; empty where there is nothing more, since the kernel answers before
  /// send(2) returns, and goes on with a dump before recv(2) does.
  func receive() -> [Message] {
    let size = 1 << 15
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let got = unsafe recv(descriptor.number, buffer.baseAddress, size, Int32(MSG_DONTWAIT))
      count = max(got, 0)
    }
    return Self.messages(in: bytes)
  }

  static func messages(in bytes: [UInt8]) -> [Message] {
    var messages: [Message] = []
    var rest = bytes[...]
    while let length = rest.uint32(at: 0).map({ Int($0) }), length >= 16, length <= rest.count {
      let type = UInt16(rest[rest.startIndex + 4]) | UInt16(rest[rest.startIndex + 5]) << 8
      messages.append(Message(type: type, body: rest.prefix(length).dropFirst(16)))
      rest = rest.dropFirst((length + 3) & ~3)
    }
    return messages
  }

  /// So many parts of a dump are read: there can be any number of what is asked for.
  private static let maximumReads = 64

  /// The messages of a dump, one after the other, until `body` wants no more: false where it was
  /// not read to its end or to there.
  func readDump(_ body: (Message) -> Bool) -> Bool {
    for _ in 0..<Self.maximumReads {
      let messages = receive()
      if messages.isEmpty { return false }
      for message in messages {
        if message.type == Message.error { return false }
        if message.type == Message.done || !body(message) { return true }
      }
    }
    return false
  }
}

extension UInt32 {
  /// Little-endian.
  var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}

extension ArraySlice<UInt8> {
  /// The value of a netlink attribute (`struct nlattr`) among these; nil where there is none.
  func attribute(_ wanted: UInt16) -> ArraySlice<UInt8>? {
    var rest = self
    while let word = rest.uint32(at: 0) {
      let (length, type) = (Int(word & 0xffff), UInt16(word >> 16))
      guard length >= 4, length <= rest.count else { return nil }
      if type == wanted { return rest.prefix(length).dropFirst(4) }
      rest = rest.dropFirst((length + 3) & ~3)
    }
    return nil
  }

  /// Four bytes, little-endian; nil where there are fewer.
  func uint32(at offset: Int) -> UInt32? {
    guard count >= offset + 4 else { return nil }
    return (0..<4).reduce(0) { $0 | UInt32(self[startIndex + offset + $1]) << UInt32($1 * 8) }
  }
}
