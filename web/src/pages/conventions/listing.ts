import { useCallback, useEffect, useState } from "preact/hooks";
import { everything } from "./service";

/** Read a list of a convention's, and again when asked to. */
export function useList<T>(path: string, convention: string) {
  const [items, setItems] = useState<T[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const reload = useCallback(async () => {
    try {
      setItems(await everything<T>(path, convention));
      setProblem(null);
    } catch (error) {
      setProblem((error as Error).message);
    }
  }, [path, convention]);
  useEffect(() => void reload(), [reload]);
  return { items, setItems, problem, reload };
}
