import Records

/// What the bytes of a call speak of that only the kernel can tell: interfaces, descriptors,
/// clocks.
///
/// Worked out while the call runs, so it looks at no more than it has to, and at a bounded part of
/// what a hostile program may pass.
package struct CallQuestions {
  package private(set) var interfaces: [UInt32] = []
  package private(set) var descriptors: [Int32] = []
  /// SCM_TXTIME: which clock?
  package private(set) var speakOfTime = false
  /// SCM_CREDENTIALS: whose users?
  package private(set) var speakOfUsers = false

  private var controlMessagesLeft = 4096
  /// Numbers in SCM_RIGHTS that are looked at; each is compared with all that are kept.
  private var numbersLeft = 8192
  private static let maximumInterfaces = 16
  /// Twice as many as one message may pass (`SCM_MAX_FD`).
  private static let maximumDescriptors = 506

  /// `socket` is nil where it is not known.
  package init(_ snapshot: borrowing CallSnapshot, _ socket: SocketSnapshot?) {
    let family = AddressFamily(rawValue: socket?.family ?? 0)
    if let socket, family == .inet6 {
      ask(scopeOf: socket.local)
      if let peer = socket.peer { ask(scopeOf: peer) }
    }
    // No array to look in: it would be the one allocation of a call.
    let namesHaveInterfaces =
      family == .inet6 || family == .packet || family == .can || family == .xdp
    guard namesHaveInterfaces || snapshot.hasControl, let arguments = snapshot.arguments else {
      return
    }
    let layout = MessageLayout.of(snapshot.abi)
    var lastName: RemoteRange?
    for index in 0..<arguments.entryCount {
      guard let header = layout.header(in: snapshot.vector.bytes, at: index * layout.stride)
      else { return }
      if namesHaveInterfaces, let name = header.nameRange, name != lastName {
        lastName = name
        let extent = snapshot.headers.extent(of: name).bytes
        ask(interfaceOf: snapshot.headers.bytes, in: extent, family)
      }
      if let control = header.controlRange {
        let extent = snapshot.headers.extent(of: control).bytes
        walk(snapshot.headers.bytes, extent, layout)
      }
    }
  }

  private mutating func ask(scopeOf address: SocketAddressBytes) {
    guard address.count >= 28 else { return }
    var scope: UInt32 = 0
    for index in 0..<4 { scope |= UInt32(address.storage[24 + index]) << UInt32(8 * index) }
    ask(scope)
  }

  /// The scope of a `sockaddr_in6`; the interface of a `sockaddr_ll`, `sockaddr_can` or
  /// `sockaddr_xdp`.
  private mutating func ask(
    interfaceOf bytes: [UInt8], in name: Range<Int>, _ family: AddressFamily
  ) {
    let offset = family == .inet6 ? 24 : 4
    guard name.count >= offset + 4 else { return }
    if family == .inet6, bytes[name.lowerBound] == 2 { return }
    ask(bytes.littleEndian32(at: name.lowerBound + offset))
  }

  private mutating func ask(_ interface: UInt32) {
    guard interface != 0, interfaces.count < Self.maximumInterfaces,
      !interfaces.contains(interface)
    else { return }
    interfaces.append(interface)
  }

  /// Looks at the control messages of one block, as far as their lengths are sound.
  private mutating func walk(_ bytes: [UInt8], _ block: Range<Int>, _ layout: MessageLayout) {
    var start = block.lowerBound
    while block.upperBound - start >= layout.controlHeaderSize, controlMessagesLeft > 0 {
      controlMessagesLeft -= 1
      let length = layout.word(in: bytes, at: start)
      guard length >= UInt64(layout.controlHeaderSize),
        length <= UInt64(block.upperBound - start)
      else { return }
      let level = bytes.littleEndian32(at: start + layout.wordSize)
      let type = bytes.littleEndian32(at: start + layout.wordSize + 4)
      let data = start + layout.controlHeaderSize..<start + Int(length)
      switch (level, type) {
      case (1, 1): askDescriptors(bytes, data)
      case (1, 2): speakOfUsers = true
      case (1, 61): speakOfTime = true
      // IP_PKTINFO, IPV6_PKTINFO, IPV6_2292PKTINFO
      case (0, 8) where data.count >= 4: ask(bytes.littleEndian32(at: data.lowerBound))
      case (41, 50), (41, 2):
        if data.count >= 20 { ask(bytes.littleEndian32(at: data.lowerBound + 16)) }
      default: break
      }
      let alignment = layout.controlAlignment
      start += (Int(length) + alignment - 1) / alignment * alignment
    }
  }

  private mutating func askDescriptors(_ bytes: [UInt8], _ data: Range<Int>) {
    var offset = data.lowerBound
    while data.upperBound - offset >= 4, descriptors.count < Self.maximumDescriptors,
      numbersLeft > 0
    {
      numbersLeft -= 1
      let descriptor = Int32(bitPattern: bytes.littleEndian32(at: offset))
      if descriptor >= 0, !descriptors.contains(descriptor) { descriptors.append(descriptor) }
      offset += 4
    }
  }
}
