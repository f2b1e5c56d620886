package import Decoding
package import Records

/// A message to be laid out in a tracee's memory.
package struct FakeMessage {
  package var name: [UInt8]
  package var iovecs: [[UInt8]]
  package var control: [UInt8]

  package init(name: [UInt8] = [], iovecs: [[UInt8]] = [[]], control: [UInt8] = []) {
    self.name = name
    self.iovecs = iovecs
    self.control = control
  }

  /// A message of one iovec with this text.
  package init(_ text: String, name: [UInt8] = []) {
    self.init(name: name, iovecs: [Array(text.utf8)])
  }
}

/// A call, laid out in memory as a program would: the array, then each message's parts.
package struct FakeCall {
  package static let vector: UInt64 = 0x10_0000
  package static let buffers: UInt64 = 0x20_0000

  package var memory = FakeMemory()
  package var abi: ABI
  package var arguments: SendArguments
  /// Where each message's parts lie.
  package private(set) var places: [Place] = []
  package var socket: SocketSnapshot?
  package var payloadLimit: UInt64 = 32

  package struct Place {
    package var entry: UInt64
    package var name: UInt64 = 0
    package var iovecs: UInt64 = 0
    package var data: [UInt64] = []
    package var control: UInt64 = 0
  }

  package init(_ messages: [FakeMessage], abi: ABI = .x86_64, flags: UInt32 = 0) {
    self.abi = abi
    self.arguments = SendArguments(
      fd: 3, vector: RemoteAddress(Self.vector), vectorLength: UInt32(messages.count),
      flags: SendFlags(rawValue: flags))
    var next = Self.buffers
    for (index, message) in messages.enumerated() {
      place(message, at: Self.vector + UInt64(index * stride), buffers: &next)
    }
  }

  private var isWide: Bool { abi == .x86_64 || abi == .aarch64 }
  private var stride: Int { isWide ? 64 : 32 }

  /// A number in the width of a pointer of this ABI.
  package func word(_ value: UInt64) -> [UInt8] {
    littleEndian(value, isWide ? 8 : 4)
  }

  private mutating func put(_ bytes: [UInt8], at next: inout UInt64) -> UInt64 {
    guard !bytes.isEmpty else { return 0 }
    let address = next
    memory.write(bytes, at: address)
    next = (address + UInt64(bytes.count) + 15) / 16 * 16
    return address
  }

  private mutating func place(_ message: FakeMessage, at entry: UInt64, buffers: inout UInt64) {
    var place = Place(entry: entry)
    place.name = put(message.name, at: &buffers)
    place.data = message.iovecs.map { put($0, at: &buffers) }
    var array: [UInt8] = []
    for (base, data) in zip(place.data, message.iovecs) {
      array += word(base) + word(UInt64(data.count))
    }
    place.iovecs = put(array, at: &buffers)
    place.control = put(message.control, at: &buffers)

    var header = word(place.name) + littleEndian(UInt64(message.name.count), 4)
    if isWide { header += [0, 0, 0, 0] }
    header += word(place.iovecs) + word(UInt64(message.iovecs.count))
    header += word(place.control) + word(UInt64(message.control.count))
    header += littleEndian(0, 4)
    memory.write(header + Array(repeating: 0, count: stride - header.count), at: entry)
    places.append(place)
  }

  /// What a tracer would have captured; with a return value, at the exit too.
  package func snapshot(returning value: Int64? = nil, sentLengths: [UInt32] = []) -> CallSnapshot {
    var snapshot = memory.snapshot(abi, arguments, payloadLimit: payloadLimit)
    snapshot.socket = socket
    guard let value else { return snapshot }
    snapshot.exit = CallSnapshot.Exit(monotonic: 0, returnValue: value)
    var after = memory
    for (index, length) in sentLengths.enumerated() {
      let offset = index * stride + (isWide ? 56 : 28)
      after.write(littleEndian(UInt64(length), 4), at: arguments.vector.value + UInt64(offset))
    }
    if value > 0 {
      let range = RemoteRange(start: arguments.vector, count: Int(value) * stride)
      snapshot.noteSentLengths(Int(value), in: after.image(of: [range]))
    }
    return snapshot
  }

  /// The call as the decoder sees it.
  package func decoded(returning value: Int64? = nil, sentLengths: [UInt32] = []) -> SendCall {
    var decoder = Decoder()
    return decoder.decode(snapshot(returning: value, sentLengths: sentLengths))
  }
}

/// The low `size` bytes of a number, lowest first.
package func littleEndian(_ value: UInt64, _ size: Int) -> [UInt8] {
  (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
}

/// A `sockaddr_in`.
package func inetAddress(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, port: UInt16) -> [UInt8] {
  [2, 0, UInt8(port >> 8), UInt8(port & 0xff), a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0]
}

/// A `cmsghdr` with its data, unpadded; `length` stands in for the right `cmsg_len`.
package func controlMessage(
  _ abi: ABI = .x86_64, level: Int32, type: Int32, data: [UInt8], length: UInt64? = nil
) -> [UInt8] {
  let wordSize = abi == .x86_64 || abi == .aarch64 ? 8 : 4
  return littleEndian(length ?? UInt64(wordSize + 8 + data.count), wordSize)
    + littleEndian(UInt64(UInt32(bitPattern: level)), 4)
    + littleEndian(UInt64(UInt32(bitPattern: type)), 4) + data
}

/// A datagram or other socket, as far as the decoding asks for it.
package func socketSnapshot(
  family: UInt16, type: Int32, protocolNumber: Int32 = 0, local: [UInt8] = [],
  peer: [UInt8]? = nil
) -> SocketSnapshot {
  SocketSnapshot(
    family: family, type: type, protocolNumber: protocolNumber, inode: 1, nonblocking: false,
    local: SocketAddressBytes(local), peer: peer.map { SocketAddressBytes($0) })
}
