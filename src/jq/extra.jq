# Filters of jq that the three jaq crates lack, or define in another way.
def del(f): delpaths([path(f)]);
def getpath_autovivify_($path): reduce $path[] as $p (.; .[$p]);
def setpath($path; $x): getpath_autovivify_($path) = $x;
def toarray: if isarray then . else [.] end;
def trimstr($x): ltrimstr($x) | rtrimstr($x);
def ascii: [.] | implode;
def IN(s): . as $x | any(s; . == $x);
def IN(src; s): any(src; IN(s));
def INDEX(stream; f): reduce stream as $row ({}; .[$row | f | tostring] = $row);
def INDEX(f): INDEX(.[]; f);
def have_literal_numbers: true;
def have_decnum: false;
def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def fromstream(f): {x: null, e: false} as $init
  | foreach f as $i ($init;
      if .e then $init else . end
      | if $i | length == 2
        then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1])
        else setpath(["e"]; $i[0] | length == 1) end;
      if .e then .x else empty end);
def truncate_stream(stream): . as $n | null | stream | . as $input
  | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end;
def @csv: [.[]
  | if isstring then "\"" + gsub("\""; "\"\"") + "\""
    elif . == null then ""
    elif isarray or isobject then error("\(type) is not valid in a csv row")
    else tostring end] | join(",");
def @tsv: [.[]
  | if isstring then gsub("\\\\"; "\\\\") | gsub("\t"; "\\t") | gsub("\n"; "\\n") | gsub("\r"; "\\r")
    elif . == null then ""
    elif isarray or isobject then error("\(type) is not valid in a tsv row")
    else tostring end] | join("\t");
