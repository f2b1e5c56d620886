import Records

/// Sockets and addresses as text, shaped like strace's.
extension ByteBuffer {
  /// `3<UDP:[127.0.0.1:40000->127.0.0.1:9999]>`, or `9` where the descriptor is no socket.
  mutating func append(text fd: Int32, _ socket: SocketDescription?) {
    append(decimal: fd)
    guard let socket else { return }
    append("<")
    appendKind(of: socket)
    append(":[")
    if let local = socket.local, case .fields(let fields) = local.form {
      append(text: fields)
    } else if let local = socket.local, local.isTelling {
      append(text: local)
    } else {
      append(decimal: socket.inode)
    }
    if let peer = socket.peer {
      append("->")
      append(text: peer)
    }
    append("]>")
  }

  /// `UDP`, `TCPv6`, `NETLINK_ROUTE`, `UNIX-DGRAM`.
  mutating func appendKind(of socket: SocketDescription) {
    switch socket.family {
    case .inet, .inet6, .netlink:
      let name = socket.protocolName ?? "?"
      append(verbatim: name)
      if socket.family == .inet6, !name.utf8.hasSuffix(UInt8(ascii: "6")) { append("v6") }
    default:
      append(verbatim: socket.family.name.withoutPrefix("AF_"))
      append("-")
      append(verbatim: socket.type.name.withoutPrefix("SOCK_"))
    }
  }

  /// `127.0.0.1:9999`, `[fe80::1%eth0]:53`, `"/run/log"`, `@"name"`, `unnamed`, `unknown`,
  /// `VSOCK{cid=2, port=1}`, or the family and its bytes.
  mutating func append(text address: SocketAddress) {
    switch address.form {
    case .inet(_, let port), .inet6(_, let port, _, _):
      append(host: address)
      append(UInt8(ascii: ":"))
      append(decimal: UInt64(port))
    case .unix(.unnamed): append("unnamed")
    case .unix(.path(let path)): append(quoted: path.span, isCut: false)
    case .unix(.abstract(let name)): append(abstract: name.span)
    case .fields(let fields):
      append(verbatim: address.family?.name.withoutPrefix("AF_") ?? "?")
      append("{")
      append(text: fields)
      append("}")
    case .undecoded where address.isUnknownUnix: append("unknown")
    case .undecoded:
      append(verbatim: address.family?.name ?? "?")
      guard let raw = address.raw else { return }
      append(UInt8(ascii: ":"))
      append(hex: raw.span)
    }
  }

  /// `@"name"`, or `@"name" + 99 NUL` where all of `sun_path` is the name.
  private mutating func append(abstract name: Span<UInt8>) {
    var count = name.count
    while count > 0, name[count - 1] == 0 { count -= 1 }
    let padding = name.count - count
    let isPadded = padding >= 4
    append(UInt8(ascii: "@"))
    append(quoted: name.extracting(first: isPadded ? count : name.count), isCut: false)
    guard isPadded else { return }
    append(" + ")
    append(decimal: UInt64(padding))
    append(" NUL")
  }

  /// `127.0.0.1`, `[fe80::1%eth0]`: one that has a port, without it.
  mutating func append(host address: SocketAddress) {
    switch address.form {
    case .inet(let number, _): append(ipv4: number)
    case .inet6(let number, _, _, let scope):
      append(UInt8(ascii: "["))
      append(ipv6: number)
      if scope != 0 {
        append(UInt8(ascii: "%"))
        if let name = address.scopeName {
          append(printable: name.span)
        } else {
          append(decimal: scope)
        }
      }
      append(UInt8(ascii: "]"))
    case .unix, .fields, .undecoded: append(text: address)
    }
  }
}

extension SocketAddress {
  /// False for what names nothing: the inode says more.
  fileprivate var isTelling: Bool {
    switch form {
    case .inet, .inet6, .fields: true
    case .unix(let name): name != .unnamed
    case .undecoded: false
    }
  }
}

extension String {
  fileprivate func withoutPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}

extension String.UTF8View {
  fileprivate func hasSuffix(_ byte: UInt8) -> Bool { last == byte }
}
