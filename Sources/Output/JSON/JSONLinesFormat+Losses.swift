import Records

/// What `trace_end` says of losses.
extension ByteBuffer {
  mutating func append(json losses: Losses) {
    append(#"{"causes":{"#)
    for index in losses.causes.indices {
      if index > 0 { append(UInt8(ascii: ",")) }
      append(jsonString: losses.causes[index].cause.rawValue)
      append(UInt8(ascii: ":"))
      append(decimal: losses.causes[index].calls)
    }
    append("},")
    append(jsonMembers: losses.total)
    append(#","by_destination":"#)
    appendJSONArray(losses.rows) { out, row in
      out.append(#"{"program":"#)
      if row.program.isEmpty { out.append("null") } else { out.append(jsonString: row.program) }
      out.append(#","destination":"#)
      out.append(orNull: row.destination) { $0.append(json: $1) }
      out.append(",")
      out.append(jsonMembers: row.counts)
      out.append("}")
    }
    append(#","sentences":"#)
    appendJSONArray(losses.sentences) { $0.append(jsonString: $1) }
    append("}")
  }

  private mutating func append(jsonMembers counts: Losses.Counts) {
    append(#""dropped":"#)
    append(decimal: counts.dropped)
    append(#","dropped_so_far":"#)
    append(decimal: counts.droppedSoFar)
    append(#","dropped_bytes":"#)
    append(decimal: counts.droppedBytes)
    append(#","resent":"#)
    append(decimal: counts.resent)
    append(#","resumed":"#)
    append(decimal: counts.resumed)
    append(#","unknown":"#)
    append(decimal: counts.unknown)
    append(#","uncounted":"#)
    append(decimal: counts.uncounted)
  }
}
