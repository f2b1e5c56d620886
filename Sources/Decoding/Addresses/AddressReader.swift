import Records

// struct sockaddr and its kinds (kernel.md §5). The family is host-endian, ports and addresses are
// big-endian in every ABI.
//
//     sockaddr_in    family 0:2, port 2:2, addr 4:4, zero 8:8
//     sockaddr_in6   family 0:2, port 2:2, flowinfo 4:4, addr 8:16, scope_id 24:4 (host-endian)
//     sockaddr_un    family 0:2, path 2:108
//     the others     AddressLayout
/// Reads addresses as the socket they are given to would.
struct AddressReader {
  private static let inetSize = 16
  /// Without the scope, which the kernel does not ask for.
  private static let shortInet6Size = 24
  private static let inet6Size = 28

  private let socket: SocketKind?
  private let interfaces: InterfaceNames

  /// A reader for addresses of this socket; without one, what the address itself says decides.
  init(socket: SocketKind?, interfaces: InterfaceNames = InterfaceNames()) {
    self.socket = socket
    self.interfaces = interfaces
  }

  /// Reads the address in `range` of `bytes`, which must lie within them.
  ///
  /// What the kernel never looks at is no part of the address: `sin_zero`, what follows the
  /// structure where `namelen` is larger than it (many programs pass that of a
  /// `sockaddr_storage`), and what follows the NUL of a path. `raw` is therefore kept only where
  /// the form does not say it all, or a name is not UTF-8 and so cannot be shown as it is.
  func read(_ bytes: [UInt8], in range: Range<Int>) -> SocketAddress {
    guard range.count >= 2 else {
      return SocketAddress(family: nil, form: .undecoded, raw: Array(bytes[range]))
    }
    let start = range.lowerBound
    let family = AddressFamily(rawValue: UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8)
    var address = SocketAddress(family: family, form: .undecoded, raw: nil)
    switch socket?.readsAs(family) ?? family {
    case .inet where range.count >= Self.inetSize:
      address.form = .inet(
        address: bytes.bigEndian32(at: start + 4), port: bytes.bigEndian16(at: start + 2))
    case .inet6 where range.count >= Self.shortInet6Size:
      let hasScope = range.count >= Self.inet6Size
      let scope = hasScope ? bytes.littleEndian32(at: start + 24) : 0
      address.form = .inet6(
        address: IPv6Address(
          high: bytes.bigEndian64(at: start + 8), low: bytes.bigEndian64(at: start + 16)),
        port: bytes.bigEndian16(at: start + 2), flowInfo: bytes.bigEndian32(at: start + 4),
        scope: scope)
      if scope != 0 { address.scopeName = interfaces[scope] }
    case .unix:
      let name = UnixName(decoding: bytes, in: start + 2..<range.upperBound)
      address.form = .unix(name)
      if !name.isUTF8 { address.raw = Array(bytes[range]) }
    case let other: readFields(of: other, bytes, in: range, into: &address)
    }
    return address
  }

  private func readFields(
    of family: AddressFamily, _ bytes: [UInt8], in range: Range<Int>,
    into address: inout SocketAddress
  ) {
    guard let layout = AddressLayout.of(family, socket, bytes[range]),
      range.count >= layout.leastSize
    else {
      address.raw = Array(bytes[range])
      return
    }
    let fields = layout.fields(bytes, in: range).naming(interfaces)
    address.form = .fields(fields)
    // A family that the socket has no use for may be no family, and the rest no such fields.
    let isDoubtful = address.family == family && socket?.mismatches(family) ?? false
    if !layout.isWhole || isDoubtful || fields.contains(where: { !$0.value.canBeShown }) {
      address.raw = Array(bytes[range])
    }
  }
}

extension UnixName {
  /// Decodes `sun_path`, which lies in `path` of `bytes`.
  ///
  /// An abstract name is as long as the address says, NULs included; a path ends at its NUL, or
  /// with the address.
  fileprivate init(decoding bytes: [UInt8], in path: Range<Int>) {
    guard let first = path.first else {
      self = .unnamed
      return
    }
    if bytes[first] == 0 {
      self = .abstract(Array(bytes[first + 1..<path.upperBound]))
    } else {
      self = .path(Array(bytes[path].prefix { $0 != 0 }))
    }
  }

  fileprivate var isUTF8: Bool {
    switch self {
    case .unnamed: true
    case .path(let name), .abstract(let name): String(validating: name, as: UTF8.self) != nil
    }
  }
}

extension FieldValue {
  /// False for text that is not UTF-8.
  fileprivate var canBeShown: Bool {
    switch self {
    case .text(let text): String(validating: text, as: UTF8.self) != nil
    default: true
    }
  }
}

extension Array where Element == UInt8 {
  /// The two bytes at `offset`, which must lie within the array.
  func bigEndian16(at offset: Int) -> UInt16 {
    UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
  }

  /// The four bytes at `offset`, which must lie within the array.
  func bigEndian32(at offset: Int) -> UInt32 { littleEndian32(at: offset).byteSwapped }

  /// The eight bytes at `offset`, which must lie within the array.
  func bigEndian64(at offset: Int) -> UInt64 { littleEndian64(at: offset).byteSwapped }
}
