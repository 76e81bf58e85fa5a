import type { CompletionPlace } from "./tree.ts";

/** A script for bash: `source <(ttt completion bash)`. It starts no process while completing. */
export function bashCompletion(places: readonly CompletionPlace[]): string {
  const known = places.map(({ path }) => path).filter((path) => path !== "");
  return `# Completion of ttt for bash. Put into ~/.bashrc:  source <(ttt completion bash)
_ttt() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local place= candidate= words= flags= index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    candidate="\${place:+$place }\${COMP_WORDS[index]}"
    case "$candidate" in
      ${known.map(quoted).join(" | ")}) place=$candidate ;;
      *) break ;;
    esac
  done
  case "$place $previous" in
${places.flatMap(valueCases).join("\n")}
  esac
  case "$place" in
${places.map(placeCase).join("\n")}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -F _ttt ttt
`;
}

function valueCases({ path, flags }: CompletionPlace): string[] {
  return flags.flatMap(({ names, takesValue, values }) => {
    if (!takesValue) return [];
    const pattern = names.map((name) => quoted(`${path} ${name}`)).join(" | ");
    const reply = values.length > 0 ? `COMPREPLY=($(compgen -W ${quoted(values.join(" "))} -- "$current")); ` : "";
    return [`    ${pattern}) ${reply}return ;;`];
  });
}

function placeCase({ path, words, flags }: CompletionPlace): string {
  const next = words.map(({ word }) => word).join(" ");
  const names = flags.flatMap((flag) => flag.names).join(" ");
  return `    ${quoted(path)}) words=${quoted(next)} flags=${quoted(names)} ;;`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
