/** The way through the work: links to the sections, of which the one in view is marked. */
import { useEffect, useState } from 'preact/hooks';

const sections = [
  ['open', 'Open'],
  ['look', 'Look'],
  ['training', 'Train'],
  ['compare', 'Compare'],
  ['network', 'The network'],
  ['correct', 'Correct'],
  ['take-home', 'Take home'],
  ['computer', 'This computer'],
] as const;

export function Way() {
  const current = useSectionInView();
  return (
    <nav class="way" aria-label="Sections">
      <ol>
        {sections.map(([id, title]) => (
          <li key={id}>
            <a href={`#${id}`} aria-current={id === current ? 'true' : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** The section that reaches into the upper part of the window. */
function useSectionInView(): string {
  const [current, setCurrent] = useState<string>('open');
  useEffect(() => {
    const seen = new Set<string>();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) seen.add(target.id);
          else seen.delete(target.id);
        }
        const first = sections.find(([id]) => seen.has(id));
        if (first) setCurrent(first[0]);
      },
      { rootMargin: '-10% 0px -65% 0px' },
    );
    for (const [id] of sections) observer.observe(document.getElementById(id)!);
    return () => observer.disconnect();
  }, []);
  return current;
}
