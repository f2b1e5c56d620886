import CTracee
import Decoding
import Glibc
import Records

/// Asks a duplicate of a tracee's socket for its state. Only questions that change nothing: SO_ERROR
/// would take the error that waits.
enum SocketProbe {
  /// What a message with these flags, and with control messages or without, may depend on.
  static func state(
    of fd: Int32, _ socket: SocketSnapshot, flags: SendFlags, hasControl: Bool
  ) -> SocketState {
    var state = SocketState(isConnected: isConnected(fd, socket))
    askBuffer(fd, &state)
    if hasControl { askForControl(fd, &state) }
    if flags.contains(.zeroCopy) {
      state.sendsZeroCopy = option(fd, SOL_SOCKET, Option.zeroCopy).map { $0 != 0 }
    }
    askReadiness(fd, &state)
    switch Int32(socket.family) {
    case AF_PACKET:
      state.hasVirtualHeader = option(fd, Level.packet, 15).map { $0 != 0 }
      return state
    case AF_INET: askIPv4(fd, &state)
    case AF_INET6:
      askIPv4(fd, &state)
      askIPv6(fd, &state)
    default: return state
    }
    switch (socket.type, socket.protocolNumber) {
    case (2, 17), (2, 136): askUDP(fd, &state, isIPv6: Int32(socket.family) == AF_INET6)
    case (1, _): askTCP(fd, &state)
    case (3, _) where Int32(socket.family) == AF_INET6:
      state.checksumOffset = option(fd, Level.ipv6, 7)
    default: break
    }
    return state
  }

  private static func askBuffer(_ fd: Int32, _ state: inout SocketState) {
    state.sendBuffer = option(fd, SOL_SOCKET, SO_SNDBUF).map { UInt32(bitPattern: $0) }
    state.sendTimeout = words(fd, SOL_SOCKET, SO_SNDTIMEO, count: 4).timeout
    let memory = words(fd, SOL_SOCKET, Option.memory, count: 9)
    guard memory.count > 6 else { return }
    state.sendMemory = memory[2]
    state.optionMemory = memory[6]
  }

  private static func askForControl(_ fd: Int32, _ state: inout SocketState) {
    state.timestampingFlags = words(fd, SOL_SOCKET, Option.timestamping, count: 2).first
    // clockid, flags: both 0 until SO_TXTIME is set, and hardly ever then.
    let transmitTime = words(fd, SOL_SOCKET, Option.transmitTime, count: 2)
    if transmitTime.count == 2 { state.hasTransmitTime = transmitTime.contains { $0 != 0 } }
  }

  private static func askReadiness(_ fd: Int32, _ state: inout SocketState) {
    var request = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
    guard unsafe poll(&request, 1, 0) >= 0 else { return }
    let seen = Int32(request.revents)
    state.isWritable = seen & Int32(POLLOUT) != 0
    state.hasError = seen & Int32(POLLERR) != 0
    state.isHungUp = seen & Int32(POLLHUP) != 0
  }

  private static func askIPv4(_ fd: Int32, _ state: inout SocketState) {
    state.boundInterface = option(fd, SOL_SOCKET, Option.bindToInterface)
    state.isTransparent = option(fd, Level.ip, 19).map { $0 != 0 }
    state.bindsFreely = option(fd, Level.ip, 15).map { $0 != 0 }
    state.allowsBroadcast = option(fd, SOL_SOCKET, SO_BROADCAST).map { $0 != 0 }
    state.mtuDiscovery = option(fd, Level.ip, 10).map { MTUDiscovery(rawValue: $0) }
    state.receivesErrors = option(fd, Level.ip, 11).map { $0 != 0 }
    state.optionBytes = UInt32(words(fd, Level.ip, 4, count: 10).count * 4)
    state.includesHeader = option(fd, Level.ip, 3).map { $0 != 0 }
    if state.isConnected != false {
      state.pathMTU = option(fd, Level.ip, 14).map { UInt32(bitPattern: $0) }
    }
  }

  private static func askIPv6(_ fd: Int32, _ state: inout SocketState) {
    state.mtuDiscovery6 = option(fd, Level.ipv6, 23).map { MTUDiscovery(rawValue: $0) }
    state.isIPv6Only = option(fd, Level.ipv6, 26).map { $0 != 0 }
    state.sendsFlowInfo = option(fd, Level.ipv6, 33).map { $0 != 0 }
    state.forbidsFragments = option(fd, Level.ipv6, 62).map { $0 != 0 }
    state.networkHeaderBytes = [54, 55, 57].reduce(0) { $0 + extensionHeader(fd, $1) }
    state.destinationHeaderBytes = extensionHeader(fd, 59)
    if let header = option(fd, Level.ipv6, 36) { state.includesHeader = header != 0 }
    if option(fd, Level.ipv6, 25).map({ $0 != 0 }) == true { state.receivesErrors = true }
    if state.isConnected != false, let mtu = option(fd, Level.ipv6, 24) {
      state.pathMTU = UInt32(bitPattern: mtu)
    }
  }

  /// The length of an extension header of every packet's, by its own second byte; 0 for none.
  private static func extensionHeader(_ fd: Int32, _ name: Int32) -> UInt32 {
    words(fd, Level.ipv6, name, count: 2).first.map { ($0 >> 8 & 0xff) * 8 + 8 } ?? 0
  }

  private static func askUDP(_ fd: Int32, _ state: inout SocketState, isIPv6: Bool) {
    state.omitsChecksum = option(fd, SOL_SOCKET, Option.noCheck).map { $0 != 0 }
    state.segmentSize = option(fd, Level.udp, 103).map { UInt16(truncatingIfNeeded: $0) }
    state.isCorked = option(fd, Level.udp, 1).map { $0 != 0 }
    if isIPv6, option(fd, Level.udp, 101).map({ $0 != 0 }) == true { state.omitsChecksum = true }
  }

  private static func askTCP(_ fd: Int32, _ state: inout SocketState) {
    // tcpi_state is the first byte of struct tcp_info.
    state.tcpState = words(fd, Level.tcp, 11, count: 2).first.map { UInt8(truncatingIfNeeded: $0) }
    let name = words(fd, Level.tcp, 31, count: 4).flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32($0 * 8)) }
    }
    let text = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    state.upperProtocol = text.isEmpty ? nil : text
  }

  /// getpeername(2) knows no peer with port 0 (`inet_getname`), which is what raw and ping sockets are
  /// mostly connected to: the MTU of their way is told of connected sockets alone.
  private static func isConnected(_ fd: Int32, _ socket: SocketSnapshot) -> Bool? {
    var address = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getpeername(fd, $0, &size)
      }
    }
    if result == 0 { return true }
    guard errno == ENOTCONN else { return nil }
    let (level, name): (Int32, Int32)
    switch Int32(socket.family) {
    case AF_INET: (level, name) = (Level.ip, 14)
    case AF_INET6: (level, name) = (Level.ipv6, 24)
    default: return false
    }
    // SOCK_DGRAM, SOCK_RAW
    guard socket.type == 2 || socket.type == 3 else { return false }
    if option(fd, level, name) != nil { return true }
    return errno == ENOTCONN ? false : nil
  }

  /// An int; nil where the socket has no such option.
  static func option(_ fd: Int32, _ level: Int32, _ name: Int32) -> Int32? {
    words(fd, level, name, count: 1).first.map { Int32(bitPattern: $0) }
  }

  /// As many words of an option's value as there are, at most 16; none where there is no such
  /// option.
  private static func words(
    _ fd: Int32, _ level: Int32, _ name: Int32, count: Int
  ) -> [UInt32] {
    var buffer: InlineArray<16, UInt32> = InlineArray(repeating: 0)
    var size = socklen_t(min(count, 16) * 4)
    let result = unsafe withUnsafeMutableBytes(of: &buffer) {
      unsafe getsockopt(fd, level, name, $0.baseAddress, &size)
    }
    guard result == 0 else { return [] }
    return (0..<min((Int(size) + 3) / 4, 16)).map { buffer[$0] }
  }

  /// What Glibc's headers have no constants for, or some of them not.
  enum Option {
    static let noCheck: Int32 = 11
    static let mark: Int32 = 36
    static let timestamping: Int32 = 37
    static let memory: Int32 = 55
    static let zeroCopy: Int32 = 60
    static let transmitTime: Int32 = 61
    static let bindToInterface: Int32 = 62
  }

  enum Level {
    static let ip: Int32 = 0
    static let tcp: Int32 = 6
    static let udp: Int32 = 17
    static let ipv6: Int32 = 41
    static let packet: Int32 = 263
  }
}

extension [UInt32] {
  /// A `struct timeval` of two 64-bit numbers, in nanoseconds.
  fileprivate var timeout: UInt64? {
    guard count == 4 else { return nil }
    let seconds = UInt64(self[0]) | UInt64(self[1]) << 32
    let microseconds = UInt64(self[2]) | UInt64(self[3]) << 32
    return seconds &* 1_000_000_000 &+ microseconds &* 1000
  }
}
