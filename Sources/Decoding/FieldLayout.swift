import Records

/// One field of a structure: its name, where it lies and what it is.
///
/// Tables of these are what is known of the rarer addresses and of control messages. Numbers are
/// little-endian, as in every ABI of `ABI`, where their kind does not say otherwise.
struct FieldLayout: Sendable {
  let name: String
  let offset: Int
  let kind: Kind

  init(_ name: String, at offset: Int, _ kind: Kind) {
    self.name = name
    self.offset = offset
    self.kind = kind
  }

  enum Kind: Sendable {
    case uint8
    case int8
    case uint16
    case uint32
    case int32
    case uint64
    case int64
    case bigEndian16
    case bigEndian32
    case ipv4
    case ipv6
    /// Six bytes.
    case hardwareAddress
    /// The same with its bytes in reverse order (`bdaddr_t`).
    case bluetoothAddress
    /// As many bytes as the byte at `lengthAt` says, as far as they are there.
    case sizedHardwareAddress(lengthAt: Int)
    /// Up to this many bytes, or to the first NUL.
    case text(Int)
    /// All bytes to the end.
    case rest
    /// All 32-bit numbers to the end; odd bytes are cut off.
    case int32List
    case uint32List
    /// A number of this many bytes with a name for each value.
    case named(size: Int, [UInt64: String])
    /// A number of this many bytes with a name for each bit.
    case flags(size: Int, [(bit: UInt64, name: String)])
    /// An `unsigned long` of the tracee: as many bytes as there are.
    case word
    /// An `unsigned char` or an `int`: as many bytes as there are.
    case byteOrInt
    /// A 64-bit address in the tracee.
    case pointer
    /// A socket address of its own, to the end.
    case address
  }
}

extension FieldLayout {
  /// Reads the field of the structure in `range` of `bytes`; null where it ends before.
  func read(_ bytes: [UInt8], in range: Range<Int>) -> Field { Field(name, value(bytes, range)) }

  private func value(_ bytes: [UInt8], _ range: Range<Int>) -> FieldValue {
    let start = range.lowerBound + offset
    let left = range.upperBound - start
    guard left >= kind.leastSize else { return .null }
    func number(_ size: Int) -> UInt64 { bytes.littleEndian(at: start, size: size) }
    switch kind {
    case .uint8: return .unsigned(number(1))
    case .int8: return .number(Int64(Int8(truncatingIfNeeded: number(1))))
    case .uint16: return .unsigned(number(2))
    case .uint32: return .unsigned(number(4))
    case .int32: return .number(Int64(Int32(truncatingIfNeeded: number(4))))
    case .uint64: return .unsigned(number(8))
    case .int64: return .number(Int64(bitPattern: number(8)))
    case .bigEndian16: return .unsigned(UInt64(bytes.bigEndian16(at: start)))
    case .bigEndian32: return .unsigned(UInt64(bytes.bigEndian32(at: start)))
    case .ipv4: return .ipv4(bytes.bigEndian32(at: start))
    case .ipv6:
      return .ipv6(
        IPv6Address(high: bytes.bigEndian64(at: start), low: bytes.bigEndian64(at: start + 8)))
    case .hardwareAddress: return .hardwareAddress(Array(bytes[start..<start + 6]))
    case .bluetoothAddress: return .hardwareAddress(bytes[start..<start + 6].reversed())
    case .sizedHardwareAddress(let place):
      let length = Int(bytes[range.lowerBound + place])
      return .hardwareAddress(Array(bytes[start..<start + min(length, left)]))
    case .text(let most):
      return .text(Array(bytes[start..<start + min(most, left)].prefix { $0 != 0 }))
    case .rest: return .bytes(Array(bytes[start..<range.upperBound]))
    case .int32List:
      return .list(
        bytes.words(from: start, count: left / 4).map { .number(Int64(Int32(bitPattern: $0))) })
    case .uint32List:
      return .list(bytes.words(from: start, count: left / 4).map { .unsigned(UInt64($0)) })
    case .named(let size, let names):
      let value = number(size)
      return .name(names[value] ?? String(value))
    case .flags(let size, let table): return .flags(number(size), named: table)
    case .byteOrInt where left < 4: return .unsigned(number(1))
    case .byteOrInt: return .number(Int64(Int32(truncatingIfNeeded: number(4))))
    case .pointer: return .pointer(RemoteAddress(number(8)))
    case .word: return .unsigned(number(left >= 8 ? 8 : 4))
    case .address:
      return .address(AddressReader(socket: nil).read(bytes, in: start..<range.upperBound))
    }
  }
}

extension FieldLayout.Kind {
  /// How many bytes have to be there for the field to be.
  fileprivate var leastSize: Int {
    switch self {
    case .uint8, .int8, .byteOrInt: 1
    case .uint16, .bigEndian16: 2
    case .uint32, .int32, .bigEndian32, .ipv4, .word: 4
    case .uint64, .int64, .pointer: 8
    case .hardwareAddress, .bluetoothAddress: 6
    case .ipv6: 16
    case .named(let size, _), .flags(let size, _): size
    case .sizedHardwareAddress, .text, .rest, .int32List, .uint32List, .address: 0
    }
  }
}

extension [Field] {
  /// The fields with `interface` behind `ifindex`: the name of that interface, or null.
  func naming(_ interfaces: InterfaceNames) -> [Field] {
    guard let place = firstIndex(where: { $0.name == "ifindex" }) else { return self }
    let index: UInt32? =
      switch self[place].value {
      case .number(let number): UInt32(truncatingIfNeeded: number)
      case .unsigned(let number): UInt32(truncatingIfNeeded: number)
      default: nil
      }
    var named = self
    let name = index.flatMap { interfaces[$0] }
    named.insert(Field("interface", name.map { .text($0) } ?? .null), at: place + 1)
    return named
  }
}

extension FieldValue {
  /// A number with the names of its bits.
  static func flags(_ value: UInt64, named table: [(bit: UInt64, name: String)]) -> FieldValue {
    var names: [String] = []
    var unknown = value
    for (bit, name) in table where value & bit != 0 {
      names.append(name)
      unknown &= ~bit
    }
    if unknown != 0 { names.append("0x" + String(unknown, radix: 16)) }
    return .flags(value, names)
  }
}

extension Array where Element == UInt8 {
  /// The number of `size` bytes at `offset`, which must lie within the array.
  func littleEndian(at offset: Int, size: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(self[offset + index]) << UInt64(8 * index) }
    return value
  }

  /// `count` 32-bit numbers, which must lie within the array.
  fileprivate func words(from offset: Int, count: Int) -> [UInt32] {
    (0..<Swift.max(count, 0)).map { littleEndian32(at: offset + 4 * $0) }
  }
}
