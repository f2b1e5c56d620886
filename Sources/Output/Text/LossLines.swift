import Records

/// What was lost, line by line, behind the totals of a run.
///
///     3 calls fell short: 2 error, 1 cap; 5 messages (90 bytes) never sent, 2 sent again
///        app → 127.0.0.1:9999: 5 messages (90 bytes) never sent, 2 sent again
///        app dropped 5 datagrams: it ignored the count of 2 partial calls (sends by …
struct LossLines {
  /// Each with how far it is set in. Empty where no call fell short.
  private var lines: [(indent: Int, text: [UInt8])] = []

  /// More ports of one address than these are told of together.
  private static let mostPorts = 4

  init(_ losses: Losses) {
    guard !losses.isEmpty else { return }
    line(indent: 0) {
      $0.append(causesOf: losses)
      $0.append("; ")
      $0.append(losses.total, isOnlySendmmsg: losses.isOnlySendmmsg)
    }
    for (row, ports) in Self.gathered(losses.rows) {
      line(indent: 3) {
        $0.append(nameOf: row, ports: ports)
        $0.append(": ")
        $0.append(row.counts, isOnlySendmmsg: losses.isOnlySendmmsg)
      }
    }
    for text in losses.sentences { line(indent: 3) { $0.append(printable: text) } }
    if losses.total.droppedSoFar > 0 {
      line(indent: 3) {
        $0.append("(so far: waited for through 64 sends and 1 s, or for 10 s, or as said above)")
      }
    }
    if losses.total.dropped > 0, losses.isOnlySendmmsg {
      line(indent: 3) { $0.append("(run with --watch-retries to look at these, too)") }
    }
  }

  private mutating func line(indent: Int, _ fill: (inout ByteBuffer) -> Void) {
    var text = ByteBuffer()
    fill(&text)
    lines.append((indent, text.bytes))
  }

  /// The rows, those of many ports of one address as one: clients are told apart by these alone.
  private static func gathered(_ rows: [Losses.Row]) -> [(row: Losses.Row, ports: Int)] {
    struct Host: Hashable {
      var program: String
      var address: SocketAddress
    }
    func host(_ row: Losses.Row) -> Host? {
      row.destination?.withoutPort.map { Host(program: row.program, address: $0) }
    }
    let hosts = Dictionary(grouping: rows, by: host)
    var told: Set<Host> = []
    let gathered: [(row: Losses.Row, ports: Int)] = rows.compactMap { row in
      guard let host = host(row), let all = hosts[host], all.count > mostPorts else {
        return (row, 1)
      }
      guard told.insert(host).inserted else { return nil }
      var sum = Losses.Row(program: row.program, destination: host.address)
      for row in all { sum.counts += row.counts }
      return (sum, all.count)
    }
    let others = gathered.filter(\.row.program.isEmpty)
    let named = gathered.filter { !$0.row.program.isEmpty }.map { line in
      var name = ByteBuffer()
      name.append(nameOf: line.row, ports: line.ports)
      return (line: line, name: name.bytes)
    }
    // Equal ones stand in the order of their names, so that two runs are easily compared.
    return named.sorted {
      let (one, other) = ($0.line.row.counts, $1.line.row.counts)
      return one.outweigh(other)
        || !other.outweigh(one) && $0.name.lexicographicallyPrecedes($1.name)
    }.map(\.line) + others
  }

  func write(width: Int?, to out: inout ByteBuffer) {
    for (indent, text) in lines {
      out.append(spaces: indent)
      out.append(wrapped: text.span, from: indent, indent: indent + 3, width: width)
      out.append("\n")
    }
  }
}

extension SocketAddress {
  /// The same of all ports; nil for what has none.
  fileprivate var withoutPort: SocketAddress? {
    var host = self
    switch form {
    case .inet(let address, _): host.form = .inet(address: address, port: 0)
    case .inet6(let address, _, let flow, let scope):
      host.form = .inet6(address: address, port: 0, flowInfo: flow, scope: scope)
    case .unix, .fields, .undecoded: return nil
    }
    return host
  }
}

extension ByteBuffer {
  /// `app → 127.0.0.1:9999`, `app → 127.0.0.1, 12 ports`.
  fileprivate mutating func append(nameOf row: Losses.Row, ports: Int) {
    append(row.program.isEmpty ? "others" : "")
    append(printable: row.program)
    guard let destination = row.destination else { return }
    append(" → ")
    guard ports > 1 else { return append(text: destination) }
    append(host: destination)
    append(", ")
    append(count: UInt64(ports), "port", "ports")
  }

  /// `3 calls fell short: 2 error, 1 cap`.
  fileprivate mutating func append(causesOf losses: Losses) {
    append(count: losses.causes.reduce(0) { $0 &+ $1.calls }, "call", "calls")
    append(" fell short: ")
    for index in losses.causes.indices {
      if index > 0 { append(", ") }
      append(decimal: losses.causes[index].calls)
      append(" ")
      append(verbatim: losses.causes[index].cause.rawValue)
    }
  }

  /// `5 messages never sent, 2 sent again`; `nothing was lost` where there is nothing to say.
  fileprivate mutating func append(_ counts: Losses.Counts, isOnlySendmmsg: Bool) {
    var isFirst = true
    func add(_ number: UInt64, bytes: UInt64 = 0, _ what: StaticString, to out: inout ByteBuffer) {
      guard number > 0 else { return }
      if !isFirst { out.append(", ") }
      if isFirst {
        out.append(count: number, "message", "messages")
      } else {
        out.append(decimal: number)
      }
      if bytes > 0 {
        out.append(" (")
        out.append(count: bytes, "byte", "bytes")
        out.append(")")
      }
      out.append(" ")
      out.append(what)
      isFirst = false
    }
    let (dropped, soFar) = (counts.dropped, counts.droppedSoFar)
    if soFar > 0, soFar == dropped {
      add(
        dropped, bytes: counts.droppedBytes,
        isOnlySendmmsg ? "not sent by sendmmsg so far" : "not sent so far", to: &self)
    } else {
      add(
        dropped, bytes: counts.droppedBytes,
        isOnlySendmmsg ? "not sent by sendmmsg" : "never sent", to: &self)
      if soFar > 0 {
        append(" (")
        append(decimal: soFar)
        append(" of them so far)")
      }
    }
    add(counts.resent, "sent again", to: &self)
    add(counts.uncounted, "taken uncounted", to: &self)
    add(counts.resumed, "taken up again", to: &self)
    add(counts.unknown, "of unknown fate", to: &self)
    if isFirst { append("no message is known to be lost") }
  }
}
