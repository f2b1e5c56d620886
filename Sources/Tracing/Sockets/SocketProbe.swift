import CTracee
import Decoding
import Glibc
import Records

/// Asks a duplicate of a tracee's socket for its state. Only questions that change nothing:
/// SO_ERROR would take the error that waits.
enum SocketProbe {
  /// What a message with these flags, and with control messages or without, may depend on.
  static func state(
    of fd: Int32, _ socket: SocketSnapshot, flags: SendFlags, hasControl: Bool
  ) -> SocketState {
    var state = SocketState(isConnected: isConnected(fd, socket))
    askBuffer(fd, &state)
    if hasControl { askForControl(fd, &state) }
    if flags.contains(.zeroCopy) {
      state.sendsZeroCopy = SocketOption.flag(fd, SOL_SOCKET, CommonOption.zeroCopy)
    }
    askReadiness(fd, &state)
    switch Int32(socket.family) {
    case AF_PACKET:
      state.hasVirtualHeader = SocketOption.flag(fd, SocketLevel.packet, PacketOption.virtualHeader)
      state.virtualHeaderBytes = SocketOption.int(
        fd, SocketLevel.packet, PacketOption.virtualHeaderSize
      ).map {
        UInt32(bitPattern: $0)
      }
      return state
    case AF_INET: askIPv4(fd, &state)
    case AF_INET6:
      askIPv4(fd, &state)
      askIPv6(fd, &state)
    default: return state
    }
    askAboutErrors(fd, &state)
    switch (socket.type, socket.protocolNumber) {
    case (2, 17), (2, 136): askUDP(fd, &state, isIPv6: Int32(socket.family) == AF_INET6)
    case (1, _): askTCP(fd, &state)
    case (3, _) where Int32(socket.family) == AF_INET6:
      state.checksumOffset = SocketOption.int(fd, SocketLevel.ipv6, IPv6Option.checksum)
    default: break
    }
    return state
  }

  private static func askBuffer(_ fd: Int32, _ state: inout SocketState) {
    state.read(SocketOption.words(fd, SOL_SOCKET, CommonOption.memory, count: 9))
    state.sendBuffer = SocketOption.int(fd, SOL_SOCKET, SO_SNDBUF).map { UInt32(bitPattern: $0) }
    state.sendTimeout = SocketOption.timeout(fd, SO_SNDTIMEO)
  }

  /// What else than ICMP's errors may stand in the error queue.
  private static func askAboutErrors(_ fd: Int32, _ state: inout SocketState) {
    guard state.hasError == true else { return }
    state.timestampingFlags =
      SocketOption.words(fd, SOL_SOCKET, CommonOption.timestamping, count: 2).first
    state.sendsZeroCopy = SocketOption.flag(fd, SOL_SOCKET, CommonOption.zeroCopy)
  }

  private static func askForControl(_ fd: Int32, _ state: inout SocketState) {
    state.timestampingFlags =
      SocketOption.words(fd, SOL_SOCKET, CommonOption.timestamping, count: 2).first
    // clockid, flags: both 0 until SO_TXTIME is set, and hardly ever then.
    let transmitTime = SocketOption.words(fd, SOL_SOCKET, CommonOption.transmitTime, count: 2)
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
    state.boundInterface = SocketOption.int(fd, SOL_SOCKET, CommonOption.bindToInterface)
    state.isTransparent = SocketOption.flag(fd, SocketLevel.ip, IPOption.transparent)
    state.bindsFreely = SocketOption.flag(fd, SocketLevel.ip, IPOption.freeBind)
    state.allowsBroadcast = SocketOption.flag(fd, SOL_SOCKET, SO_BROADCAST)
    state.mtuDiscovery = SocketOption.int(fd, SocketLevel.ip, IPOption.mtuDiscover).map {
      MTUDiscovery(rawValue: $0)
    }
    state.receivesErrors = SocketOption.flag(fd, SocketLevel.ip, IPOption.receiveErrors)
    let options = SocketOption.words(fd, SocketLevel.ip, IPOption.options, count: 10)
    state.optionBytes = UInt32(options.count * 4)
    state.hasSourceRoute = IPOptions.haveSourceRoute(
      options.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } })
    state.includesHeader = SocketOption.flag(fd, SocketLevel.ip, IPOption.headerIncluded)
    if state.isConnected != false {
      state.pathMTU = SocketOption.int(fd, SocketLevel.ip, IPOption.mtu).map {
        UInt32(bitPattern: $0)
      }
    }
  }

  private static func askIPv6(_ fd: Int32, _ state: inout SocketState) {
    state.mtuDiscovery6 = SocketOption.int(fd, SocketLevel.ipv6, IPv6Option.mtuDiscover).map {
      MTUDiscovery(rawValue: $0)
    }
    state.isIPv6Only = SocketOption.flag(fd, SocketLevel.ipv6, IPv6Option.v6Only)
    state.sendsFlowInfo = SocketOption.flag(fd, SocketLevel.ipv6, IPv6Option.flowInfoSend)
    state.forbidsFragments = SocketOption.flag(fd, SocketLevel.ipv6, IPv6Option.dontFragment)
    // Of IPV6_RTHDRDSTOPTS, only before a routing header (`ipv6_fixup_options`).
    let routing = extensionHeader(fd, IPv6Option.routingHeader)
    state.networkHeaderBytes =
      extensionHeader(fd, IPv6Option.hopOptions) + routing
      + (routing > 0 ? extensionHeader(fd, IPv6Option.routingDestinationOptions) : 0)
    state.destinationHeaderBytes = extensionHeader(fd, IPv6Option.destinationOptions)
    if let header = SocketOption.int(fd, SocketLevel.ipv6, IPv6Option.headerIncluded) {
      state.includesHeader = header != 0
    }
    state.receivesErrors6 = SocketOption.flag(fd, SocketLevel.ipv6, IPv6Option.receiveErrors)
    if state.receivesErrors6 == true { state.receivesErrors = true }
    if state.isConnected != false,
      let mtu = SocketOption.int(fd, SocketLevel.ipv6, IPv6Option.mtu)
    {
      state.pathMTU = UInt32(bitPattern: mtu)
    }
  }

  /// The length of an extension header of every packet's, by its own second byte; 0 for none.
  private static func extensionHeader(_ fd: Int32, _ name: Int32) -> UInt32 {
    SocketOption.words(fd, SocketLevel.ipv6, name, count: 2).first.map { ($0 >> 8 & 0xff) * 8 + 8 }
      ?? 0
  }

  private static func askUDP(_ fd: Int32, _ state: inout SocketState, isIPv6: Bool) {
    state.omitsChecksum = SocketOption.flag(fd, SOL_SOCKET, CommonOption.noCheck)
    state.segmentSize = SocketOption.int(fd, SocketLevel.udp, UDPOption.segment).map {
      UInt16(truncatingIfNeeded: $0)
    }
    state.isCorked = SocketOption.flag(fd, SocketLevel.udp, UDPOption.cork)
    if isIPv6, SocketOption.flag(fd, SocketLevel.udp, UDPOption.noChecksumSent6) == true {
      state.omitsChecksum = true
    }
  }

  private static func askTCP(_ fd: Int32, _ state: inout SocketState) {
    // tcpi_state is the first byte of struct tcp_info.
    state.tcpState = SocketOption.words(fd, SocketLevel.tcp, TCPOption.info, count: 2).first.map {
      UInt8(truncatingIfNeeded: $0)
    }
    state.isInRepair = SocketOption.flag(fd, SocketLevel.tcp, TCPOption.repair)
    let name = SocketOption.words(fd, SocketLevel.tcp, TCPOption.upperProtocol, count: 4).flatMap {
      word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32($0 * 8)) }
    }
    let text = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    state.upperProtocol = text.isEmpty ? nil : text
  }

  /// getpeername(2) knows no peer with port 0 (`inet_getname`), which is what raw and ping sockets
  /// are mostly connected to: the MTU of their way is told of connected sockets alone.
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
    case AF_INET: (level, name) = (SocketLevel.ip, IPOption.mtu)
    case AF_INET6: (level, name) = (SocketLevel.ipv6, IPv6Option.mtu)
    default: return false
    }
    // SOCK_DGRAM, SOCK_RAW
    guard socket.type == 2 || socket.type == 3 else { return false }
    if SocketOption.int(fd, level, name) != nil { return true }
    return errno == ENOTCONN ? false : nil
  }
}
