# An MCP server of the tests' own: the first argument says which fault it plays.
mode=$1
called=0
say() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
text() { say "{\"content\":[{\"type\":\"text\",\"text\":$1}]}"; }
tool() { printf '{"name":"%s","description":"Does %s.\\nAnd more.","inputSchema":{"type":"object","properties":{"word":{"type":"string","description":"Any word."},"loud":{"type":"boolean"}},"required":["word"]}}' "$1" "$1"; }
page() { # ten pages of a hundred tools each
  at=$(printf '%s' "$l" | sed -n 's/.*"cursor":"\([0-9]*\)".*/\1/p'); at=${at:-0}
  n=0; tools=
  while [ $n -lt 100 ]; do tools="$tools${tools:+,}$(printf '{"name":"t%s%02d","inputSchema":{"type":"object"}}' "$at" "$n")"; n=$((n + 1)); done
  next=; [ "$at" -lt 9 ] && next=",\"nextCursor\":\"$((at + 1))\""
  say "{\"tools\":[$tools]$next}"
}
call() {
  called=$((called + 1))
  case $mode in
    structured) say '{"content":[{"type":"text","text":"{}"}],"structuredContent":{"sum":3}}' ;;
    image) say '{"content":[{"type":"image","data":"aGk=","mimeType":"image/png"},{"type":"text","text":"hi"}]}' ;;
    failing) say '{"content":[{"type":"text","text":"the disk is full"}],"isError":true}' ;;
    refusing) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32602,"message":"no such tool here"}}\n' "$id" ;;
    contentless) say '{}' ;;
    crashing) echo "out of paper" >&2; exit 7 ;;
    crashing_once) test -e crashed || { touch crashed; echo "out of paper" >&2; exit 7; }; text '"again"' ;;
    garbage) printf '{"jsonrpc":"2.0","id":%s,"wrong":true}\n' "$id" ;;
    binary) printf '\001\377\000\n'; text '"after it"' ;;
    chatter) echo "hello, I am a server"; echo '{"level":"info"}'; text '"after it"' ;;
    disorder) printf '{"jsonrpc":"2.0","id":999,"result":{"content":[]}}\n'; text '"mine"' ;;
    flood) head -c 200000 /dev/zero | tr '\0' 'x'; echo; text '"never"' ;;
    number) say '{"content":[],"structuredContent":{"n":12345678901234567890123}}' ;;
    secret) text "\"the token is $TOKEN\"" ;;
    environment) text "\"$(env | cut -d= -f1 | sort | tr '\n' ' ')\"" ;;
    silent) test $called -gt 1 && text '"the second"' ;;
    closing) exec >&-; sleep 5 ;;
    progress)
      token=$(printf '%s' "$l" | sed -n 's/.*"progressToken":\([0-9]*\).*/\1/p')
      printf '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":%s,"progress":1,"total":4,"message":"reading"}}\n' "$token"
      echo "a line" >&2
      sleep 0.3
      text '"read"' ;;
    *) text "$(printf '%s' "$l" | sed -n 's/.*"word":"\([a-z]*\)".*/"\1!"/p')" ;;
  esac
}
[ "$mode" = starting ] && { echo "I have no licence" >&2; exit 3; }
[ "$mode" = chatter ] && echo "starting ..."
echo $$ > leader
while IFS= read -r l; do
  id=$(printf '%s' "$l" | sed -n 's/.*"id":\([0-9]*\)[,}].*/\1/p')
  case $l in
    *'"method":"initialize"'*)
      case $mode in
        hanging) sleep 20 ;;
        babbling) echo "hello, is anybody there?"; sleep 20 ;;
        rude) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32000,"message":"not today"}}\n' "$id" ;;
        *) say '{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"tests","version":"1"}}' ;;
      esac ;;
    *'"method":"notifications/cancelled"'*) touch cancelled ;;
    *'"method":"tools/list"'*)
      if [ "$mode" = thousand ]; then page; else say "{\"tools\":[$(tool "shout-it"),{\"name\":\"look\",\"description\":\"Looks.\",\"inputSchema\":{\"type\":\"object\"},\"outputSchema\":{\"type\":\"object\",\"properties\":{\"result\":{\"type\":\"array\"}},\"required\":[\"result\"]},\"annotations\":{\"readOnlyHint\":true}}]}"; fi ;;
    *'"method":"tools/call"'*) call ;;
  esac
done
