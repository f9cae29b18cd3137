# jq's definitions where jaq lacks them or defines another thing. Names that end in _ are native or internal.
def have_literal_numbers: true;
def have_decnum: true;

# Numbers
def abs: if isnumber and . < 0 then -. end;
def toarray: if isarray then . else [.] end;

# Strings
def trimstr($x): ltrimstr($x) | rtrimstr($x);
def ascii: [.] | implode;
def join($x): reduce .[] as $i (null;
    (if . == null then "" else . + $x end)
    + ($i | if . == null then "" elif isboolean or isnumber then tojson else . end)) // "";

# Generators
def limit($n; f): if $n < 0 then error("limit doesn't support negative count") else limit_($n; f) end;
def skip($n; f): if $n < 0 then error("skip doesn't support negative count") else skip_($n; f) end;
def nth($n; f): if $n < 0 then error("nth doesn't support negative indices") else first(skip_($n; f)) end;
def IN(s): . as $x | any(s; . == $x);
def IN(src; s): any(src; IN(s));

# Arrays
def sort: if isarray then sort_ else error("\(describe_) cannot be sorted, as it is not an array") end;
def sort_by(f): if isarray then sort_by_(f) else error("\(describe_) cannot be sorted, as it is not an array") end;
def group_by(f): if isarray then group_by_(f) else error("\(describe_) cannot be grouped, as it is not an array") end;
def unique_by(f): [group_by(f)[] | .[0]];
def unique: unique_by(.);
def keys: keys_unsorted | sort_;
def reverse:
  if isstring then explode | reverse_ | implode
  elif . == null then []
  elif isarray then reverse_
  else error("Cannot reverse \(describe_)") end;
def flatten_($depth): reduce .[] as $i ([];
  if ($i | isarray) and $depth != 0 then . + ($i | flatten_($depth - 1)) else . + [$i] end);
def flatten: flatten_(-1);
def flatten($depth): if $depth < 0 then error("flatten depth must not be negative") else flatten_($depth) end;
def combinations:
  if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;
def transpose:
  if . == [] then [] else . as $in
    | (map(length) | max) as $max
    | [range(0; $max) as $j | [range(0; $in | length) as $i | $in[$i][$j]]] end;
def _strindices($i):
  if isstring | not then error("\(describe_) cannot be searched, as it is not a string")
  elif $i | isstring | not then error("\($i | describe_) is not a string")
  else indices($i) end;
def index($i): indices($i) | .[0];
def rindex($i): indices($i) | .[-1:][0];

# Objects
def from_entries: reduce .[] as $x ({}; . + {
    ($x | if .key == null then .k // .name // .Name // .K // .Key else .key end
      | if isstring then . else tojson end):
    ($x | if has("value") then .value elif has("v") then .v else .Value end)});
def with_entries(f): to_entries | map(f) | from_entries;
def INDEX(stream; f): reduce stream as $row ({}; .[$row | f | tostring] |= $row);
def INDEX(f): INDEX(.[]; f);
def JOIN($idx; f): [.[] | [., $idx[f]]];
def JOIN($idx; stream; f): stream | [., $idx[f]];
def JOIN($idx; stream; f; join): stream | [., $idx[f]] | join;
def walk(f): def w: if isobject then map_values(w) elif isarray then map(w) else . end | f; w;

# Paths
def getpath($path):
  if $path | isarray | not then error("Path must be specified as an array")
  elif $path | length > 10000 then error("Path too deep")
  else reduce $path[] as $p (.; .[$p]) end;
def del(f): delpaths([path(f)]);
def setpath($path; $x): getpath($path) = $x;
def leaf_paths: paths(scalars);
def pick(f): . as $top | reduce path(f) as $p (null; setpath($p; $top | getpath($p)));
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
def truncate_stream($depth; stream): $depth | truncate_stream(stream);

# Regular expressions
def regex_(f): # calls f with a pattern and flags, whichever way they are given
  if isarray then
    if length > 1 then f elif length > 0 then [.[0], null] | f else error("\(describe_) not a string or array") end
  else [., null] | f end;
def match($re; $flags): matches_($re; $flags)[];
def match($val): . as $in | $val | regex_(. as $p | $in | match($p[0]; $p[1]));
def test($re; $flags): matches_($re; $flags) != [];
def test($val): . as $in | $val | regex_(. as $p | $in | test($p[0]; $p[1]));
def captures_: [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries;
def capture($re; $flags): match($re; $flags) | captures_;
def capture($val): match($val) | captures_;
def scan($re; $flags): match($re; "g" + $flags) | if .captures == [] then .string else [.captures[].string] end;
def scan($re): scan($re; null);
def split($re; $flags): split_($re; "g" + $flags);
def splits($re; $flags): split($re; $flags)[];
def splits($re): splits($re; null);
def sub($re; f; $flags): edits_($re; $flags) as [$edits, $rest]
  | if $edits == [] then . else
      reduce $edits[] as [$before, $names] ([];
        [$names | f] as $new | reduce range($new | length) as $i (.; .[$i] += $before + $new[$i]))
      | .[] + $rest end;
def sub($re; f): sub($re; f; null);
def gsub($re; f; $flags): sub($re; f; $flags + "g");
def gsub($re; f): sub($re; f; "g");

# Dates
def parsed_(name): if isnumber then gmtime_ else datetime_ // error("\(name) requires parsed datetime inputs") end;
def gmtime: if isnumber then gmtime_ else error("gmtime() requires a number") end;
def strftime($format):
  if $format | isstring then parsed_("strftime/1") | strftime_($format)
  else error("strftime/1 requires a string format") end;
def strptime($format):
  if isstring then strptime_($format) else error("strptime/1 requires string inputs and arguments") end;
def mktime: if isarray then parsed_("mktime") | mktime_ else error("mktime requires array of 6 numbers") end;
def date: todate;
def dateadd(u; n): . + n;
def datesub(u; n): . - n;

# Formats
def @sh: [if isarray then .[] end
  | if isstring then "'\(escape_sh)'"
    elif isarray or isobject then error("\(describe_) can not be escaped for shell")
    else tojson end] | join(" ");
def @csv: if isarray then [.[]
  | if isstring then "\"" + gsub("\""; "\"\"") + "\""
    elif . == null then ""
    elif isarray or isobject then error("\(describe_) is not valid in a csv row")
    else tojson end] | join(",") else error("\(describe_) cannot be csv-formatted, only an array can be") end;
def @tsv: if isarray then [.[]
  | if isstring then gsub("\\\\"; "\\\\") | gsub("\t"; "\\t") | gsub("\n"; "\\n") | gsub("\r"; "\\r")
    elif . == null then ""
    elif isarray or isobject then error("\(describe_) is not valid in a tsv row")
    else tojson end] | join("\t") else error("\(describe_) cannot be tsv-formatted, only an array can be") end;
def @base32: tostring | to_base32_;
def @base32d: tostring | from_base32_;
