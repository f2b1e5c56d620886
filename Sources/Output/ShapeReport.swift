package import Analysis
import Records

/// What differs between two shapes, as a table or as a JSON object.
package struct ShapeReport: Sendable {
  private struct Row {
    var program: String
    var trait: String
    var rank: Int
    var value: ByteBuffer
    var base: UInt64
    var new: UInt64
  }

  private let rows: [Row]
  private let tolerance: ShapeTolerance

  package init(_ differences: [ShapeDifference], tolerance: ShapeTolerance) {
    self.tolerance = tolerance
    let rows = differences.map { difference in
      let (rank, trait, value) = Self.describe(difference.trait.kind)
      return Row(
        program: difference.trait.program, trait: trait, rank: rank, value: value,
        base: difference.base, new: difference.new)
    }
    self.rows = rows.sorted { one, other in
      if one.program != other.program { return one.program < other.program }
      if one.rank != other.rank { return one.rank < other.rank }
      return one.value.bytes.lexicographicallyPrecedes(other.value.bytes)
    }
  }

  /// A line each, in columns.
  package func appendText(to out: inout ByteBuffer) {
    var lines = [["PROGRAM", "TRAIT", "VALUE", "BASE", "NEW"]]
    lines += rows.map { row in
      var program = ByteBuffer()
      _ = program.append(printable: row.program.isEmpty ? "-" : row.program)
      return [
        String(decoding: program.bytes, as: UTF8.self), row.trait,
        String(decoding: row.value.bytes, as: UTF8.self), String(row.base), String(row.new),
      ]
    }
    let widths = (0..<5).map { column in lines.map { $0[column].count }.max() ?? 0 }
    for line in lines {
      for (column, cell) in line.enumerated() {
        if column > 0 { out.append(spaces: 2) }
        let padding = widths[column] - cell.count
        if column > 2 { out.append(spaces: padding) }
        out.append(verbatim: cell)
        if column <= 2 { out.append(spaces: padding) }
      }
      out.append("\n")
    }
  }

  /// One object on one line.
  package func appendJSON(to out: inout ByteBuffer) {
    out.append(#"{"tolerance_percent":"#)
    out.append(verbatim: tolerance.percent)
    out.append(#","differences":["#)
    for (index, row) in rows.enumerated() {
      if index > 0 { out.append(",") }
      out.append(#"{"program":"#)
      out.append(jsonString: row.program.isEmpty ? nil : row.program)
      out.append(#","trait":"#)
      out.append(jsonString: row.trait)
      out.append(#","value":"#)
      out.append(jsonString: row.value.bytes.span)
      out.append(#","base":"#)
      out.append(decimal: row.base)
      out.append(#","new":"#)
      out.append(decimal: row.new)
      out.append("}")
    }
    out.append("]}\n")
  }

  /// Its place among the traits, its name, and its value.
  private static func describe(_ kind: ShapeTrait.Kind) -> (Int, String, ByteBuffer) {
    var value = ByteBuffer()
    switch kind {
    case .process(let kind):
      value.append(verbatim: kind.rawValue)
      return (0, "process", value)
    case .exit(.exited(let code)):
      value.append("exited with ")
      value.append(decimal: code)
      return (1, "exit", value)
    case .exit(.killed(let signal)):
      value.append("killed by ")
      value.append(verbatim: signal.name)
      return (1, "exit", value)
    case .calls:
      value.append("sendmmsg")
      return (2, "calls", value)
    case .socket(let socket):
      value.append(verbatim: socket.family.name)
      value.append(" ")
      value.append(verbatim: socket.type.name)
      if let name = socket.protocolName {
        value.append(" ")
        value.append(verbatim: name)
      }
      if socket.nonblocking { value.append(" O_NONBLOCK") }
      return (3, "socket", value)
    case .destination(let address):
      value.append(destination: address)
      return (4, "destination", value)
    case .flags(let flags):
      value.append(text: flags)
      return (5, "flags", value)
    case .control(let level, let type):
      let message = ControlMessage(
        level: level, type: type, length: 0, data: [], status: nil, why: nil)
      value.append(verbatim: message.levelName)
      value.append(" ")
      value.append(verbatim: message.typeName)
      return (6, "control", value)
    case .batch(let count):
      value.append(count: UInt64(count), "message", "messages")
      return (7, "batch", value)
    case .outcome(let outcome):
      value.append(verbatim: outcome.rawValue)
      return (8, "outcome", value)
    case .cause(let cause, let errno):
      value.append(verbatim: cause.rawValue)
      if let errno {
        value.append(" ")
        value.append(verbatim: errno.name)
      }
      return (9, "cause", value)
    case .followUp(let how):
      value.append(verbatim: how.rawValue)
      return (10, "follow_up", value)
    }
  }
}

extension ByteBuffer {
  /// An address, with `*` for what the kernel chose.
  fileprivate mutating func append(destination address: SocketAddress?) {
    guard let address else { return append("unknown") }
    switch address.form {
    case .inet(let number, 0):
      append(ipv4: number)
      append(":*")
    case .inet6(let number, 0, _, _):
      append("[")
      append(ipv6: number)
      append("]:*")
    case .unix(.abstract([])): append("@*")
    default: append(text: address)
    }
  }
}

extension ShapeTolerance {
  /// In percent, as a JSON number.
  fileprivate var percent: String {
    let (whole, rest) = basisPoints.quotientAndRemainder(dividingBy: 100)
    if rest == 0 { return String(whole) }
    return "\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }
}
