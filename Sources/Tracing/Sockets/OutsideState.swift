import Decoding
import Glibc
import Records

/// What sock_diag(7) and /proc say of the state of a socket that cannot be asked itself, in the
/// network namespace that we are in: as poll(2) and its options would, of what they know.
enum OutsideState {
  /// What leads its packets, as far as that is known.
  static func binding(of socket: SocketSnapshot) -> SocketBinding {
    var binding = SocketBinding(unasked: socket)
    guard socket.type == Int32(SOCK_DGRAM.rawValue), let answer = internetAnswer(socket) else {
      return binding
    }
    binding.interface = answer.interface ?? 0
    binding.mark = Int32(bitPattern: answer.mark ?? 0)
    binding.owner = answer.owner
    binding.sendsFromAnywhere = answer.options.map { $0 & 32 != 0 } ?? false
    return binding
  }

  /// Nil where it is not found, as it may be of another network namespace; it `wasHere` where it was
  /// found in this one when the call began.
  static func state(
    of socket: SocketSnapshot, seenBy tid: Int32, wasHere: Bool = true
  ) -> SocketState? {
    switch (Int32(socket.family), socket.type, socket.protocolNumber) {
    case (AF_UNIX, _, _): SocketDump.answer(about: socket).map { unix($0, socket) }
    case (AF_PACKET, _, _): SocketDump.answer(about: socket).map { packet($0) }
    case (AF_NETLINK, _, _): SocketDump.answer(about: socket).map { netlink($0, socket) }
    case (AF_INET, 1, 6), (AF_INET6, 1, 6):
      internetAnswer(socket).map { internet($0, socket) } ?? (wasHere ? closed(socket, tid) : nil)
    case (AF_INET, 2, 17), (AF_INET6, 2, 17), (AF_INET, 2, 136), (AF_INET6, 2, 136):
      internetAnswer(socket).map { internet($0, socket) }
    case (AF_INET, _, _), (AF_INET6, _, _): listed(socket, tid)
    default: nil
    }
  }

  /// By its addresses; else, where another has the same ones, among all that have its port.
  private static func internetAnswer(_ socket: SocketSnapshot) -> SocketDiagAnswer? {
    var lookup = SocketLookup()
    return lookup.answer(about: socket) ?? SocketDump.answer(about: socket)
  }

  private static func unix(_ answer: SocketDiagAnswer, _ socket: SocketSnapshot) -> SocketState {
    // `unix_getname`
    var state = SocketState(isConnected: answer.peer != nil)
    state.isFromOutside = true
    state.read(answer.memory)
    let isDatagram = socket.type == Int32(SOCK_DGRAM.rawValue)
    state.read(shutdown: answer.shutdown, isClosed: !isDatagram && answer.state == tcpClose)
    // `unix_writable`; the receiver's queue is looked at as well (`unix_dgram_poll`).
    if let used = state.sendMemory, let size = state.sendBuffer {
      let hasRoom = UInt64(used) * 4 <= UInt64(size)
      state.isWritable = hasRoom && isDatagram && answer.peer != nil ? nil : hasRoom
    }
    return state
  }

  private static func internet(
    _ answer: SocketDiagAnswer, _ socket: SocketSnapshot
  ) -> SocketState {
    let isStream = socket.type == Int32(SOCK_STREAM.rawValue)
    var state = SocketState(isConnected: answer.state.map { $0 == tcpEstablished })
    state.isFromOutside = true
    state.read(answer.memory)
    state.read(shutdown: answer.shutdown, isClosed: isStream && answer.state == tcpClose)
    // Who is not told of the mark does not know where it leads.
    if answer.mark != nil { state.boundInterface = answer.interface }
    state.isIPv6Only = answer.isIPv6Only
    state.read(options: answer.options, isIPv4: Int32(socket.family) == AF_INET)
    if isStream {
      state.tcpState = answer.state
      // Also where it has ended, if it had a peer (`inet_getname`).
      state.isConnected = socket.peer != nil
    } else if let used = state.sendMemory, let size = state.sendBuffer {
      // `sock_writeable`
      state.isWritable = used < size / 2
    }
    return state
  }

  private static func packet(_ answer: SocketDiagAnswer) -> SocketState {
    var state = SocketState(isConnected: nil)
    state.isFromOutside = true
    state.read(answer.memory)
    // How long such a header is (PACKET_VNET_HDR_SZ) is not said: 10 bytes, mostly.
    state.hasVirtualHeader = answer.hasVirtualHeader
    return state
  }

  private static func netlink(
    _ answer: SocketDiagAnswer, _ socket: SocketSnapshot
  ) -> SocketState {
    var state = SocketState(isConnected: socket.peer != nil)
    state.isFromOutside = true
    state.read(answer.memory)
    return state
  }

  /// Of a connection that was there when the call began, and is listed no more: TCP lists all but
  /// those in the state CLOSE (`tcp_set_state`).
  private static func closed(_ socket: SocketSnapshot, _ tid: Int32) -> SocketState? {
    guard socket.peer != nil, case .none? = ProcSockets.listed(socket, tid: tid) else {
      return nil
    }
    var state = SocketState(isConnected: nil)
    state.isFromOutside = true
    state.tcpState = tcpClose
    state.isHungUp = true
    return state
  }

  /// Of raw and ping sockets.
  private static func listed(_ socket: SocketSnapshot, _ tid: Int32) -> SocketState? {
    guard case .some(.some(let listed)) = ProcSockets.listed(socket, tid: tid) else { return nil }
    var state = SocketState(isConnected: listed.state.map { $0 == tcpEstablished })
    state.isFromOutside = true
    state.sendMemory = listed.sendMemory
    return state
  }

  private static let tcpEstablished: UInt8 = 1
  private static let tcpClose: UInt8 = 7
}

extension SocketState {
  /// What SO_MEMINFO says of the buffers.
  mutating func read(_ memory: [UInt32]) {
    guard memory.count > 6 else { return }
    sendMemory = memory[2]
    sendBuffer = memory[3]
    hasRoomForErrors = memory[1] > memory[0] && memory[1] - memory[0] > Self.mostOfAnError
    optionMemory = memory[6]
  }

  /// More than a packet of ICMP's counts for.
  private static let mostOfAnError: UInt32 = 8192

  /// What poll(2) says of both directions together, and of sending alone: a connection that is
  /// closed is shut down (`unix_poll`, `tcp_poll`).
  fileprivate mutating func read(shutdown: UInt8?, isClosed: Bool) {
    isHungUp = isClosed ? true : shutdown.map { $0 & 3 == 3 }
    isShutForSending = shutdown.map { $0 & 2 != 0 }
  }

  fileprivate mutating func read(options: UInt8?, isIPv4: Bool) {
    guard let options else { return }
    bindsFreely = options & 4 != 0
    isTransparent = options & 32 != 0
    // Of IPV6_RECVERR nothing is said.
    if isIPv4 || options & 1 != 0 { receivesErrors = options & 1 != 0 }
  }
}
