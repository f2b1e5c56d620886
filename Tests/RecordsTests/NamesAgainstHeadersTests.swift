import Records
import Testing

/// The tables, held against the headers of the machine the tests run on.
@Suite struct NamesAgainstHeadersTests {
  @Test func errnos() throws {
    try check(
      (1...133).map { (Errno(rawValue: $0).name, Int64($0)) }, ["errno.h"], atLeast: 130)
  }

  @Test func flags() throws {
    try check(SendFlags.table.map { ($0.name, Int64($0.bit)) }, ["sys/socket.h"], atLeast: 18)
  }

  @Test func families() throws {
    try check(
      (0...45).map { (AddressFamily(rawValue: $0).name, Int64($0)) }, ["sys/socket.h"],
      atLeast: 40)
  }

  @Test func controlMessages() throws {
    var names: [(String, Int64)] = []
    for level in Int32(0)...300 {
      names.append((message(level, 0).levelName, Int64(level)))
      for type in Int32(0)...120 { names.append((message(level, type).typeName, Int64(type))) }
    }
    try check(
      names,
      [
        "sys/socket.h", "netinet/in.h", "netinet/udp.h", "linux/if_alg.h", "linux/tls.h",
        "linux/rds.h", "linux/sctp.h", "linux/rxrpc.h", "linux/net_tstamp.h", "linux/can/raw.h",
      ], atLeast: 60)
  }

  private func message(_ level: Int32, _ type: Int32) -> ControlMessage {
    ControlMessage(level: level, type: type, length: 0, data: [], status: nil, why: nil)
  }

  private func check(
    _ all: [(name: String, value: Int64)], _ headers: [String], atLeast: Int
  ) throws {
    let named = all.filter { Int64($0.name) == nil }
    let values = try SystemHeaders.values(of: named.map(\.name), in: headers)
    for (name, value) in named {
      if let found = values[name] {
        // An `int` with the highest bit set prints as negative.
        #expect(UInt32(truncatingIfNeeded: found) == UInt32(value), "\(name)")
      }
    }
    #expect(values.count >= atLeast, "too few of the names were found to mean anything")
  }
}
