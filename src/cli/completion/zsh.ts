import type { CompletionPlace } from "./tree.ts";

/** A script for zsh: `source <(ttt completion zsh)`, or a file `_ttt` of its \`fpath\`. */
export function zshCompletion(places: readonly CompletionPlace[]): string {
  const known = places.map(({ path }) => path).filter((path) => path !== "");
  return `#compdef ttt
# Completion of ttt for zsh. Put into ~/.zshrc:  source <(ttt completion zsh)
_ttt() {
  local place= candidate= index
  local -a choices options
  for ((index = 2; index < CURRENT; index++)); do
    candidate="\${place:+$place }\${words[index]}"
    case "$candidate" in
      (${known.map(quoted).join("|")}) place=$candidate ;;
      (*) break ;;
    esac
  done
  case "$place \${words[CURRENT - 1]}" in
${places.flatMap(valueCases).join("\n")}
  esac
  case "$place" in
${places.map(placeCase).join("\n")}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe flag options
  else
    (( \${#choices} )) && _describe command choices || _files
  fi
}
compdef _ttt ttt
`;
}

function valueCases({ path, flags }: CompletionPlace): string[] {
  return flags.flatMap(({ names, takesValue, values }) => {
    if (!takesValue) return [];
    const pattern = names.map((name) => quoted(`${path} ${name}`)).join("|");
    const reply = values.length > 0 ? `compadd -- ${values.map(quoted).join(" ")}` : "_files";
    return [`    (${pattern}) ${reply}; return ;;`];
  });
}

function placeCase({ path, words, flags }: CompletionPlace): string {
  const choices = words.map(({ word, about }) => quoted(`${escaped(word)}:${about}`)).join(" ");
  const options = flags.flatMap(({ names, about }) => names.map((name) => quoted(`${name}:${about}`))).join(" ");
  return `    (${quoted(path)}) choices=(${choices}) options=(${options}) ;;`;
}

const escaped = (word: string) => word.replaceAll(":", "\\:");
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
