{# USES_VARIABLES { N_pre, N_post } #}
{% extends 'common_group.cu' %}
{% block kernels %}
{% if not _plain %}
{% import 'cuda_kernel.cu' as kernel with context %}
{{kernel.signal_kernel('post' if _backwards else 'pre', scalar_code, vector_code, '_signal',
                       c_data_type(_target.dtype))}}
{% endif %}
{% endblock %}
{% block launch %}
{% import 'cuda_kernel.cu' as kernel with context %}
{% set from = 'post' if _backwards else 'pre' %}
{% set T = c_data_type(_target.dtype) %}
{{kernel.signal_source(from, _plain, T)}}
    dense_engine::propagate_{{'backwards' if _backwards else 'forwards'}}<{{T}}>(
        {{_trials}}, N_pre, N_post, _source_{{from}}, {{get_array_name(_weight, prefix='dev')}},
        {{get_array_name(_target, prefix='dev')}});
{% endblock %}
