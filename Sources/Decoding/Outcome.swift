import Records

extension CallResult {
  /// What the value at exit says; a value that is no answer leaves the call unfinished.
  init(_ exit: CallSnapshot.Exit?) {
    guard let value = exit?.returnValue else {
      self = .unfinished
      return
    }
    if value >= 0 {
      self = .returned(UInt32(clamping: value))
    } else if let errno = Errno(result: value), !errno.isRestart {
      self = .failed(errno)
    } else {
      self = .unfinished
    }
  }

  /// How many messages were counted.
  var count: Int {
    guard case .returned(let count) = self else { return 0 }
    return Int(count)
  }
}

extension SocketDescription {
  /// Decodes what was asked of a socket.
  init(_ snapshot: SocketSnapshot, interfaces: InterfaceNames) {
    let kind = SocketKind(
      family: AddressFamily(rawValue: snapshot.family), type: SocketType(rawValue: snapshot.type),
      protocolNumber: snapshot.protocolNumber)
    let reader = AddressReader(socket: kind, interfaces: interfaces)
    func address(_ bytes: SocketAddressBytes) -> SocketAddress? {
      let copy = bytes.bytes
      return copy.isEmpty ? nil : reader.read(copy, in: 0..<copy.count)
    }
    let isUnix = kind.family == .unix
    self.init(
      family: kind.family, type: kind.type, protocolNumber: kind.protocolNumber,
      inode: snapshot.inode, nonblocking: snapshot.nonblocking, local: address(snapshot.local),
      peer: snapshot.peer.flatMap { address($0) ?? (isUnix ? .unknownUnix : nil) })
  }
}
