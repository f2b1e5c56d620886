import Records

/// A call of three messages of which the first was sent and the second failed, with what its
/// diagnosis looks at.
struct FailedCall {
  var family: UInt16 = 2
  var type = SocketType.datagram
  var protocolNumber: Int32 = 17
  var isConnected = false
  /// Of a connected socket; 127.0.0.1:9999 where it is nil.
  var peer: SocketAddress?
  var flags: SendFlags = []
  var abi = ABI.x86_64
  var name: SocketAddress? = .inet(0x7f00_0001, 9999)
  /// Of the message before; the same address where it is nil.
  var earlierName: SocketAddress?
  /// Of the message before.
  var earlierBytes: UInt64 = 10
  var nameLength: Int32 = 16
  /// True where its name was left unread, and where anything of it was.
  var hasUnreadName = false
  var isTruncated = false
  var bytes: UInt64? = 10
  var payload: [UInt8] = Array(repeating: 0x61, count: 10)
  /// True where the entry found all of a payload of which the exit did not.
  var payloadWasReadable = false
  var local: SocketAddress?
  /// True where a connected socket was no longer so when the call ended.
  var wasDisconnected = false
  var control: [ControlMessage] = []
  var evidence = FailedCall.quiet
  var hasEvidence = true
  /// Of the call, nanoseconds.
  var duration: UInt64 = 1000

  /// Evidence of a socket and a host where nothing is wrong.
  static var quiet: Evidence {
    var evidence = Evidence(message: 1)
    evidence.kernel = KernelRelease(6, 18)
    evidence.securityModules = SecurityModules.none
    evidence.hasSendFilter = false
    evidence.messageIsUnchanged = true
    evidence.sentLengthIsWritable = true
    evidence.payload = .readable
    evidence.credentials = Credentials(
      userIDs: [1000, 1000, 1000], groupIDs: [1000, 1000, 1000], processID: 7, capabilities: 0,
      descriptorLimit: 1024)
    evidence.credentials?.countForNetwork = true
    evidence.credentials?.countForMachine = true
    evidence.credentials?.hasOurUsers = true
    evidence.limits.optionMemory = 131_072
    evidence.limits.datagramQueue = 10
    evidence.destination = .route(RouteState())
    var socket = SocketState(isConnected: false)
    socket.sendBuffer = 212_992
    socket.sendMemory = 0
    socket.optionMemory = 0
    socket.isWritable = true
    socket.hasError = false
    socket.isHungUp = false
    socket.sendTimeout = 0
    socket.allowsBroadcast = false
    socket.omitsChecksum = false
    socket.mtuDiscovery = .want
    socket.receivesErrors = false
    socket.includesHeader = false
    socket.isCorked = false
    evidence.socket = socket
    evidence.socketIsShared = false
    evidence.waysAreSteady = true
    return evidence
  }

  var call: SendCall {
    let peer = isConnected ? self.peer ?? SocketAddress.inet(0x7f00_0001, 9999) : nil
    let socket = SocketDescription(
      family: AddressFamily(rawValue: family), type: type, protocolNumber: protocolNumber,
      inode: 1, nonblocking: false, local: local, peer: peer)
    let first = message(
      0, earlierName ?? name, earlierBytes, [], sent: UInt32(earlierBytes))
    let messages = [
      first, message(1, name, bytes, control, sent: nil), message(2, name, 10, [], sent: nil),
    ]
    var call = SendCall(
      sequence: 1, time: 0, monotonic: 0, duration: duration, pid: 7, tid: 7, comm: "app", abi: abi,
      syscall: .sendmmsg,
      arguments: SendArguments(
        fd: 3, vector: RemoteAddress(0x1000), vectorLength: 3, flags: flags),
      socket: socket, result: .returned(1), messages: messages, notes: [])
    if hasEvidence {
      var found = evidence
      found.socket?.isConnected = isConnected && !wasDisconnected
      call.evidence = found
    }
    return call
  }

  private func message(
    _ index: Int, _ name: SocketAddress?, _ bytes: UInt64?, _ control: [ControlMessage],
    sent: UInt32?
  ) -> Message {
    let header = MessageHeader(
      name: RemoteAddress(name == nil && !hasUnreadName ? 0 : 0x2000),
      nameLength: name == nil && !hasUnreadName ? 0 : nameLength,
      iovecs: RemoteAddress(0x3000), iovecCount: 1, control: RemoteAddress(0x4000),
      controlLength: UInt64(control.reduce(0) { $0 + 16 + $1.data.count }), flags: [])
    var kept = Payload(data: payload[...], truncated: false, fault: nil)
    if index == 1, !payloadWasReadable, case .fault(let address, let count)? = evidence.payload {
      kept.data = payload.prefix(Int(count))
      kept.fault = address
    }
    return Message(
      index: index, header: header, bytes: bytes, sentLength: sent, name: name, iovecs: nil,
      payload: kept, control: control,
      fault: nil, truncated: index == 1 && (hasUnreadName || isTruncated))
  }
}

extension SocketAddress {
  static func inet(_ address: UInt32, _ port: UInt16) -> SocketAddress {
    SocketAddress(family: .inet, form: .inet(address: address, port: port), raw: nil)
  }

  static func inet6(
    _ high: UInt64, _ low: UInt64, _ port: UInt16, scope: UInt32 = 0
  ) -> SocketAddress {
    SocketAddress(
      family: .inet6,
      form: .inet6(
        address: IPv6Address(high: high, low: low), port: port, flowInfo: 0, scope: scope),
      raw: nil)
  }
}

extension ControlMessage {
  /// One that the kernel's walk has taken.
  static func used(_ level: Int32, _ type: Int32, _ data: [UInt8]) -> ControlMessage {
    ControlMessage(
      level: level, type: type, length: UInt64(16 + data.count), data: data, status: .used,
      why: nil)
  }
}
