import Decoding
import Glibc
import Records
import Testing

@testable import Tracing

/// What is said of sockets of ours from outside, held against what they say themselves.
struct OutsideStateTests {
  @Test(arguments: [SOCK_DGRAM, SOCK_STREAM, SOCK_SEQPACKET])
  func unixSockets(_ type: __socket_type) throws {
    let pair = try #require(SocketPair(type))
    try pair.check(isConnected: true, isShut: false)
    pair.fill()
    let full = try pair.check(isConnected: true, isShut: false)
    #expect((full.sendMemory ?? 0) > 0 && full.isWritable == false)
    shutdown(pair.first, Int32(SHUT_WR))
    try pair.check(isConnected: true, isShut: true)
    shutdown(pair.first, Int32(SHUT_RDWR))
    #expect(try pair.check(isConnected: true, isShut: true).isHungUp == true)
  }

  @Test func peerThatHasClosed() throws {
    let pair = try #require(SocketPair(SOCK_STREAM))
    pair.fill()
    pair.closeSecond()
    let state = try pair.check(isConnected: true, isShut: true)
    #expect(state.isHungUp == true && state.sendMemory == 0)
  }

  @Test(arguments: [AF_INET, AF_INET6])
  func datagrams(_ family: Int32) throws {
    let own = Descriptor(socket(family, Int32(SOCK_DGRAM.rawValue), 0))
    var bytes = [UInt8](repeating: 0, count: family == AF_INET ? 16 : 28)
    bytes[0] = UInt8(family)
    bytes[family == AF_INET ? 4 : 23] = family == AF_INET ? 127 : 1
    if family == AF_INET { bytes[7] = 1 }
    try #require(ProbeSocket.bind(own.number, to: bytes) == 0)
    var yes: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    try #require(unsafe setsockopt(own.number, 0, 11, &yes, size) == 0)
    let snapshot = SocketSnapshot(
      family: UInt16(family), type: 2, protocolNumber: 17,
      inode: try #require(SocketInspector.inode(own.number)), nonblocking: true,
      local: SocketAddressBytes(try #require(ProbeSocket.localAddress(of: own.number))), peer: nil)
    let state = try check(own.number, snapshot)
    #expect(state.isConnected == false && state.isShutForSending == false)
    #expect(state.receivesErrors == true && state.sendBuffer ?? 0 > 0)
  }

  @Test func aClosedConnectionIsListedNoMore() throws {
    let listener = Descriptor(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    let loopback: [UInt8] = [2, 0, 0, 0, 127, 0, 0, 1] + [UInt8](repeating: 0, count: 8)
    try #require(ProbeSocket.bind(listener.number, to: loopback) == 0)
    try #require(listen(listener.number, 1) == 0)
    let address = try #require(ProbeSocket.localAddress(of: listener.number))
    let own = Descriptor(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    try #require(connects(own.number, address))
    var snapshot = SocketSnapshot(
      family: 2, type: 1, protocolNumber: 6,
      inode: try #require(SocketInspector.inode(own.number)), nonblocking: false,
      local: SocketAddressBytes(try #require(ProbeSocket.localAddress(of: own.number))),
      peer: SocketAddressBytes(address))
    #expect(try check(own.number, snapshot).tcpState == 1)
    // Back to the state CLOSE.
    _ = connects(own.number, [UInt8](repeating: 0, count: 16))
    #expect(OutsideState.state(of: snapshot, seenBy: getpid())?.tcpState == 7)
    // Nor is one of another network namespace.
    #expect(OutsideState.state(of: snapshot, seenBy: getpid(), wasHere: false) == nil)
    snapshot.peer = nil
    #expect(OutsideState.state(of: snapshot, seenBy: getpid()) == nil)
  }

  private func connects(_ fd: Int32, _ address: [UInt8]) -> Bool {
    unsafe address.withUnsafeBytes { bytes in
      unsafe bytes.withMemoryRebound(to: sockaddr.self) {
        unsafe connect(fd, $0.baseAddress, socklen_t(address.count)) == 0
      }
    }
  }
}

/// What is known from outside is what the socket says itself.
@discardableResult
private func check(_ fd: Int32, _ socket: SocketSnapshot) throws -> SocketState {
  let outside = try #require(OutsideState.state(of: socket, seenBy: getpid()))
  let inside = SocketProbe.state(of: fd, socket, flags: [], hasControl: false)
  #expect(outside.isFromOutside && !inside.isFromOutside)
  #expect(outside.sendBuffer == inside.sendBuffer)
  #expect(outside.sendMemory == inside.sendMemory)
  #expect(outside.optionMemory == inside.optionMemory)
  #expect(outside.isHungUp == inside.isHungUp)
  #expect(outside.isWritable == nil || outside.isWritable == inside.isWritable)
  #expect(outside.tcpState == inside.tcpState)
  #expect(outside.isTransparent == nil || outside.isTransparent == inside.isTransparent)
  #expect(outside.receivesErrors == nil || outside.receivesErrors == inside.receivesErrors)
  return outside
}

/// Two AF_UNIX sockets that are connected, of which the first is looked at.
private final class SocketPair {
  let first: Int32
  private var second: Int32?

  init?(_ type: __socket_type) {
    var pair: [Int32] = [-1, -1]
    guard unsafe socketpair(AF_UNIX, Int32(type.rawValue), 0, &pair) == 0 else { return nil }
    (first, second) = (pair[0], pair[1])
  }

  deinit {
    _ = close(first)
    closeSecond()
  }

  func closeSecond() {
    if let second { _ = close(second) }
    second = nil
  }

  func fill() {
    let bytes = [UInt8](repeating: 0, count: 1000)
    while unsafe send(first, bytes, bytes.count, Int32(MSG_DONTWAIT)) > 0 {}
  }

  @discardableResult
  func check(isConnected: Bool, isShut: Bool) throws -> SocketState {
    let inode = try #require(SocketInspector.inode(first))
    var type: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    try #require(unsafe getsockopt(first, SOL_SOCKET, SO_TYPE, &type, &size) == 0)
    let snapshot = SocketSnapshot(
      family: 1, type: type, protocolNumber: 0, inode: inode, nonblocking: false,
      local: SocketAddressBytes(), peer: SocketAddressBytes())
    let state = try TracingTests.check(first, snapshot)
    #expect(state.isConnected == isConnected && state.isShutForSending == isShut)
    return state
  }
}
