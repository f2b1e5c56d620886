/// The interfaces of a section: one for each process and link type, so that a reader can show the
/// packets of one process alone.
struct PcapngInterfaces: Sendable {
  private struct Key: Hashable {
    /// Nil for all that the table has no room for.
    var pid: Int32?
    var linkType: LinkType
  }

  private var numbers: [Key: UInt32] = [:]
  private var count: UInt32 = 0

  static let maximum = 4096

  /// The number of the process's interface. Where that is new, its description is appended.
  mutating func number(
    pid: Int32, comm: String, _ linkType: LinkType, to out: inout ByteBuffer
  ) -> UInt32 {
    var key = Key(pid: pid, linkType: linkType)
    if let number = numbers[key] { return number }
    // Two are kept for the others.
    if count >= Self.maximum - 2 { key.pid = nil }
    if let number = numbers[key] { return number }
    let number = count
    numbers[key] = number
    count += 1
    Self.describe(key.pid.map { "\(comm)[\($0)]" } ?? "others", linkType, to: &out)
    return number
  }

  /// The process became another program, or has ended and its number may be used again.
  mutating func forget(pid: Int32) {
    numbers[Key(pid: pid, linkType: .internet)] = nil
    numbers[Key(pid: pid, linkType: .upperPDU)] = nil
  }

  ///      0  link type  u16, reserved u16
  ///      4  most bytes kept of a packet; 0 for no limit
  private static func describe(_ name: String, _ linkType: LinkType, to out: inout ByteBuffer) {
    var block = PcapngBlock(.interface)
    block.body.append(littleEndian: UInt32(linkType.rawValue))
    block.body.append(littleEndian: UInt32(0))
    block.append(.nameOrFlags, printable: name)
    block.append(
      .descriptionOrSystem,
      printable: "what \(name) handed to sendmmsg(2); headers made from the socket's addresses")
    // 10^-9 s.
    block.append(.timeResolution, [UInt8(9)].span)
    block.write(to: &out)
  }
}
