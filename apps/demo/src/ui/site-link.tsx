import type { ComponentChildren } from 'preact';

/** Whether the documentation is served around this page, which then is its folder `demo`. */
export const isInSite = /\/demo\/(index\.html)?$/.test(location.pathname);

interface SiteLinkProps {
  /** The page's path in the documentation, without an ending. */
  page: string;
  children: ComponentChildren;
}

/** A link to a page of the documentation, or the name of its file if the demo is served alone. */
export function SiteLink({ page, children }: SiteLinkProps) {
  if (isInSite) return <a href={`../${page}`}>{children}</a>;
  return (
    <>
      {children} (<code>docs/{page}.md</code>)
    </>
  );
}
