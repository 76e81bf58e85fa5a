import type { CompletionPlace } from "./tree.ts";

/** A script for fish: `ttt completion fish | source`, or a file of its completions folder. */
export function fishCompletion(places: readonly CompletionPlace[]): string {
  const known = places.map(({ path }) => path).filter((path) => path !== "");
  return `# Completion of ttt for fish. Put into ~/.config/fish/config.fish:  ttt completion fish | source
function __ttt_at
    set -l place
    for word in (commandline -opc)[2..-1]
        set -l candidate (string join -- ' ' $place $word)
        contains -- $candidate ${known.map(quoted).join(" ")}; or break
        set place (string split ' ' $candidate)
    end
    set -l joined (string join -- ' ' $place)
    test "$joined" = "$argv[1]"
end
complete -c ttt -f
${places.flatMap(lines).join("\n")}
`;
}

function lines({ path, words, flags }: CompletionPlace): string[] {
  const at = `complete -c ttt -n ${quoted(`__ttt_at ${quoted(path)}`)}`;
  return [
    ...words.map(({ word, about }) => `${at} -a ${quoted(word)} -d ${quoted(about)}`),
    ...flags.map(({ names, about, takesValue, values }) => {
      const named = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
      const value = takesValue ? (values.length > 0 ? ` -x -a ${quoted(values.join(" "))}` : " -r -F") : "";
      return `${at} ${named.join(" ")} -d ${quoted(about)}${value}`;
    }),
  ];
}

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
