package import Records

extension Message {
  /// Where it goes from `socket`: to the address that it names, else to the socket's peer; nil
  /// where there is neither, or what it names could not be read.
  package func destination(on socket: SocketDescription?) -> SocketAddress? {
    if let name { return name }
    guard let header, header.name.isNull || header.nameLength <= 0 else { return nil }
    return socket?.peer
  }
}
