import Decoding
import Glibc

/// What sock_diag(7) says of a socket that is known from before, or of one of AF_UNIX: of these
/// that are in our own network namespace, and found by what is known of them.
struct SocketLookup {
  private var link: SocketDiagLink?
  private var isRefused = false

  /// The socket as it is now; nil where it is not found, or another is in its place.
  mutating func find(_ known: SocketSnapshot) -> SocketSnapshot? {
    guard let bytes = answer(about: known)?.bytes, bytes.count >= 72,
      UInt16(bytes[bytes.startIndex]) == known.family
    else { return nil }
    let start = bytes.startIndex
    let hostSize = Int32(known.family) == AF_INET ? 4 : 16
    func address(port: Int, host: Int) -> SocketAddressBytes {
      SocketAddressBytes(
        internet: known.family, port: bytes[(start + port)...].prefix(2),
        host: bytes[(start + host)...].prefix(hostSize))
    }
    var found = known
    found.local = address(port: 4, host: 8)
    // Without a port it is not connected: a host may be left from before (inet6_getname).
    let isConnected = bytes[start + 6] != 0 || bytes[start + 7] != 0
    found.peer = isConnected ? address(port: 6, host: 24) : nil
    return found
  }

  /// An AF_UNIX socket; nil where it is not found.
  mutating func findUnix(_ inode: UInt64) -> SocketSnapshot? {
    let short = UInt32(truncatingIfNeeded: inode)
    guard let answer = ask(SocketDiagLink.unixRequest(short)), answer.inode == short,
      answer.bytes.count >= 16
    else { return nil }
    var found = SocketSnapshot(
      family: UInt16(AF_UNIX), type: Int32(answer.bytes[answer.bytes.startIndex + 1]),
      protocolNumber: 0, inode: inode, nonblocking: false, local: .unix(answer.name), peer: nil)
    guard let peer = answer.peer else { return found }
    // It is connected. A peer that was not accepted yet, or has closed, has the inode 0, and one in
    // another network namespace is not found (`sk_diag_dump_peer`, `unix_lookup_by_ino`).
    found.peer = SocketAddressBytes()
    if peer != 0, let other = ask(SocketDiagLink.unixRequest(peer)), other.inode == peer {
      found.peer = .unix(other.name)
    }
    return found
  }

  /// What is said of an internet socket, which its addresses lead to; nil where it is not found, or
  /// another is in its place.
  mutating func answer(about known: SocketSnapshot) -> SocketDiagAnswer? {
    guard let answer = ask(for: known), answer.inode == known.shortInode else { return nil }
    return answer
  }

  private mutating func ask(for known: SocketSnapshot) -> SocketDiagAnswer? {
    let local = known.local.bytes
    guard let number = UInt8(exactly: known.protocolNumber) else { return nil }
    let peer =
      known.peer?.bytes
      ?? local.prefix(2) + [UInt8](repeating: 0, count: max(local.count - 2, 0))
    // A datagram goes from the peer to the socket; a stream is asked for from its own end.
    let isDatagram = known.type == Int32(SOCK_DGRAM.rawValue)
    return SocketDiagLink.request(
      protocolNumber: number, isDatagram ? peer : local, isDatagram ? local : peer, interface: 0
    ).flatMap { ask($0) }
  }

  private mutating func ask(_ request: [UInt8]) -> SocketDiagAnswer? {
    if link == nil, !isRefused {
      link = SocketDiagLink()
      isRefused = link == nil
    }
    guard case .found(let answer) = link?.ask(request) else { return nil }
    return answer
  }
}

extension SocketSnapshot {
  /// What sock_diag(7) has of it.
  fileprivate var shortInode: UInt32 { UInt32(truncatingIfNeeded: inode) }
}

extension SocketAddressBytes {
  /// A whole `sockaddr_in` or `sockaddr_in6`.
  init(internet family: UInt16, port: ArraySlice<UInt8>, host: ArraySlice<UInt8>) {
    self.init()
    let isIPv4 = Int32(family) == AF_INET
    count = isIPv4 ? 16 : 28
    storage[0] = UInt8(truncatingIfNeeded: family)
    put(port.prefix(2), at: 2)
    put(host.prefix(isIPv4 ? 4 : 16), at: isIPv4 ? 4 : 8)
  }

  private mutating func put(_ bytes: ArraySlice<UInt8>, at offset: Int) {
    var place = offset
    for byte in bytes {
      storage[place] = byte
      place += 1
    }
  }

  /// A `sockaddr_un` of as many bytes as the name has.
  fileprivate static func unix(_ name: ArraySlice<UInt8>?) -> SocketAddressBytes {
    SocketAddressBytes([UInt8(AF_UNIX), 0] + (name ?? []))
  }
}
